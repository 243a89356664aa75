import { mkdirSync } from 'node:fs';
import path from 'node:path';

const codeOf = (thrown: unknown): unknown => (thrown as NodeJS.ErrnoException | null)?.code;

/**
 * Makes a directory and those above it that are missing. Throws what the file system throws.
 * Node's own `recursive` asks a file system that refuses every new name with ENOENT, as /proc does, again for ever.
 */
export function makeFolders(folder: string, mode = 0o777): void {
  try {
    mkdirSync(folder, { mode });
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return;
    const parent = path.dirname(folder);
    if (codeOf(thrown) !== 'ENOENT' || parent === folder) throw thrown;
    makeFolders(parent, mode);
    makeLast(folder, mode);
  }
}

function makeLast(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
}
