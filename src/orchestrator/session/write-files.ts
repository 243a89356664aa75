import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../errors.js';
import type { DerivedFile } from './projections/turn-record.js';

/** Writes derived files below one turn's directory. All throw what the file system throws. */
export interface TurnFiles {
  readonly write: (file: DerivedFile) => void;
  readonly append: (file: DerivedFile) => void;
}

const isThere = (thrown: unknown): boolean => (thrown as NodeJS.ErrnoException).code === 'EEXIST';

/** Makes each directory once, one call each: cheaper than `recursive`, which asks for every parent again. */
function createFolders(root: string, make: (folder: string) => void): (file: string) => string {
  const made = new Set<string>();
  const ensure = (folder: string): void => {
    if (folder === '' || made.has(folder)) return;
    ensure(folder.slice(0, Math.max(0, folder.lastIndexOf('/'))));
    make(`${root}${path.sep}${folder}`);
    made.add(folder);
  };
  return (file) => {
    ensure(file.slice(0, Math.max(0, file.lastIndexOf('/'))));
    return `${root}${path.sep}${file}`;
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (thrown) {
    if (!isThere(thrown)) throw thrown;
  }
}

/** Files of a directory that was claimed by this process. */
export function claimedFiles(root: string): TurnFiles {
  const place = createFolders(root, makeFolder);
  return {
    write: ({ path: file, text }) => {
      writeFileSync(place(file), text);
    },
    append: ({ path: file, text }) => {
      writeFileSync(place(file), text, { flag: 'a' });
    },
  };
}

function makeOwnFolder(folder: string): void {
  makeFolder(folder);
  if (!lstatSync(folder).isDirectory()) throw new MassgenError('log-refused', `${folder} is not a directory of this log and nothing is written through it; move it away and rebuild again`);
}

/** Files of a directory that anybody may have prepared: nothing is written through a link. */
export function foundFiles(root: string): TurnFiles {
  const place = createFolders(root, makeOwnFolder);
  const begun = new Set<string>();
  const fresh = (file: string, text: string): void => {
    const target = place(file);
    rmSync(target, { force: true });
    writeFileSync(target, text, { flag: 'wx' });
    begun.add(file);
  };
  return {
    write: ({ path: file, text }) => {
      fresh(file, text);
    },
    append: ({ path: file, text }) => {
      if (begun.has(file)) writeFileSync(place(file), text, { flag: 'a' });
      else fresh(file, text);
    },
  };
}
