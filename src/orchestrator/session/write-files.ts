import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getSystemErrorMap } from 'node:util';
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

const ASIDE = '.rebuild_';
/** No rebuild takes so long: what is older was left by a process that died. */
const REMAINS_MS = 86_400_000;

function removeRemains(root: string): void {
  const old = readdirSync(root).filter((name) => name.startsWith(ASIDE)).map((name) => path.join(root, name)).filter((remains) => lstatSync(remains).mtimeMs < Date.now() - REMAINS_MS);
  for (const remains of old) rmSync(remains, { recursive: true, force: true });
}

/** Does what may fail for the file system's reasons, and says of which file. */
function writing<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    const { errno = 0, message } = thrown as NodeJS.ErrnoException;
    throw new MassgenError('log-refused', `cannot write ${file}: ${getSystemErrorMap().get(errno)?.[1] ?? message}`, { cause: thrown });
  }
}

export interface ReplacingFiles extends TurnFiles {
  /** Puts what was written in place, each file as a whole. */
  readonly replace: () => void;
  /** Takes away what is not in place. */
  readonly end: () => void;
}

/**
 * Files of a directory that anybody may have prepared: they are written aside and then put in place, so that what was there stays
 * whole while they cannot be, and nothing is written through a link. All throw `log-refused` with the file and the reason.
 */
export function replacingFiles(root: string): ReplacingFiles {
  const aside = writing(root, () => {
    removeRemains(root);
    return mkdtempSync(path.join(root, ASIDE));
  });
  const files = claimedFiles(aside);
  const written = new Set<string>();
  const put = (file: DerivedFile, how: (file: DerivedFile) => void): void => {
    writing(path.join(root, file.path), () => {
      how(file);
    });
    written.add(file.path);
  };
  const replace = (): void => {
    const place = createFolders(root, makeOwnFolder);
    const targets = [...written].map((file) => [path.join(aside, file), writing(path.join(root, file), () => place(file))] as const);
    for (const [from, to] of targets) {
      writing(to, () => {
        renameSync(from, to);
      });
    }
  };
  return {
    write: (file) => {
      put(file, files.write);
    },
    append: (file) => {
      put(file, files.append);
    },
    replace,
    end: () => {
      rmSync(aside, { recursive: true, force: true });
    },
  };
}
