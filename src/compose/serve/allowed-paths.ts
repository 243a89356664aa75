import { realpath } from 'node:fs/promises';
import path from 'node:path';

const isWithin = (file: string, folder: string): boolean => {
  const way = path.relative(folder, file);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
};

const isWithinOne = async (real: string, folders: readonly string[]): Promise<boolean> => {
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return roots.some((root) => root !== undefined && isWithin(real, root));
};

/** The file that a path really leads to, links followed; undefined when there is none, or it lies outside all folders, or in one of `never`. */
export async function realFileWithin(file: string, folders: readonly string[] | 'anywhere', never: readonly string[] = []): Promise<string | undefined> {
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined || (await isWithinOne(real, never))) return undefined;
  return folders === 'anywhere' || (await isWithinOne(real, folders)) ? real : undefined;
}
