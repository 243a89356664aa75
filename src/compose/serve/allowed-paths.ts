import { realpath } from 'node:fs/promises';
import path from 'node:path';

const isWithin = (file: string, folder: string): boolean => {
  const way = path.relative(folder, file);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
};

/** The file that a path really leads to, links followed; undefined when there is none, or it lies outside all folders. */
export async function realFileWithin(file: string, folders: readonly string[] | 'anywhere'): Promise<string | undefined> {
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined || folders === 'anywhere') return real;
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return roots.some((root) => root !== undefined && isWithin(real, root)) ? real : undefined;
}
