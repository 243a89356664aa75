import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LogContext } from './log-header.js';

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The repository's own folder: `.git`, or where a worktree's `.git` file points. */
function gitFolder(directory: string): string | undefined {
  const head = read(path.join(directory, '.git', 'HEAD'));
  if (head !== undefined) return path.join(directory, '.git');
  const pointer = read(path.join(directory, '.git'));
  if (pointer?.startsWith('gitdir: ') === true) return path.resolve(directory, pointer.slice('gitdir: '.length));
  const parent = path.dirname(directory);
  return parent === directory ? undefined : gitFolder(parent);
}

function commitOf(folder: string, ref: string): string | null {
  const shared = read(path.join(folder, 'commondir'));
  const folders = shared === undefined ? [folder] : [folder, path.resolve(folder, shared)];
  for (const each of folders) {
    const loose = read(path.join(each, ref));
    if (loose !== undefined) return loose;
    const packed = read(path.join(each, 'packed-refs'))?.split('\n').find((line) => line.endsWith(` ${ref}`));
    if (packed !== undefined) return packed.split(' ')[0] ?? null;
  }
  return null;
}

/** Commit and branch of the repository around a directory, read from its files; null where there is none. */
export function gitHead(directory: string): LogContext['git'] {
  const folder = gitFolder(path.resolve(directory));
  const head = folder === undefined ? undefined : read(path.join(folder, 'HEAD'));
  if (folder === undefined || head === undefined) return null;
  if (!head.startsWith('ref: ')) return { commit: head, branch: null };
  const ref = head.slice('ref: '.length);
  return { commit: commitOf(folder, ref), branch: ref.replace(/^refs\/heads\//u, '') };
}
