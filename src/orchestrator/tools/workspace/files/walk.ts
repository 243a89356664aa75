import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { withFolder } from '../paths/confined.js';
import type { FileSpace } from './file-space.js';

export interface Entry {
  readonly name: string;
  /** Absolute, without links before the last name. */
  readonly path: string;
  /** A link to a folder is a link: nobody walks through it. */
  readonly kind: 'folder' | 'file' | 'link' | 'other';
}

function kindOf(entry: Dirent): Entry['kind'] {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** What is in a folder, by name, without what the agent may not know of. */
export async function entriesOf({ policy, limits }: FileSpace, folder: string, delivering: boolean): Promise<readonly Entry[]> {
  const found = await withFolder(folder, async ({ self }) => await readdir(self, { withFileTypes: true }));
  if (found.length > limits.entries) throw new Error(`there are ${found.length} entries, more than the ${limits.entries} that are listed at once`);
  return found
    .map((entry): Entry => ({ name: entry.name, path: `${folder === '/' ? '' : folder}/${entry.name}`, kind: kindOf(entry) }))
    .filter(({ path }) => policy.rightAt(path, delivering) !== 'none')
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Everything below a folder, each folder before what is in it; `enter` says which folders are walked into. Throws when there is more than the limit. */
export async function* walk(space: FileSpace, folder: string, delivering: boolean, enter: (entry: Entry) => boolean = () => true): AsyncGenerator<Entry> {
  const open = [folder];
  let left = space.limits.entries;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const entries = await entriesOf(space, next, delivering);
    left -= entries.length;
    if (left < 0) throw new Error(`there are more than ${space.limits.entries} entries: choose a smaller folder`);
    yield* entries;
    open.push(...entries.filter((entry) => entry.kind === 'folder' && enter(entry)).map(({ path }) => path).reverse());
  }
}
