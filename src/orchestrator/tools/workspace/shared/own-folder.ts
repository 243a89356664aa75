import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../../../errors.js';
import { makeFolders } from '../../../session/make-folders.js';

/** Lies in every workspace that massgen made. What has none is somebody's own, and is never cleared. */
export const MARK = '.massgen-workspace';

export interface OwnFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** Massgen made it and may clear it. */
  readonly isOurs: boolean;
}

/** Folders that a run of this process works in. */
const taken = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process that made the folder, null when the mark says none, undefined without a mark. */
function ownerOf(folder: string): number | null | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(folder, MARK), 'utf8')) as { readonly pid?: unknown };
    return typeof pid === 'number' ? pid : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === undefined ? null : undefined;
  }
}

const mark = (folder: string): void => {
  writeFileSync(path.join(folder, MARK), `${JSON.stringify({ madeBy: 'massgen', pid: process.pid })}\n`);
};

function take(folder: string, isOurs: boolean): OwnFolder {
  const real = realpathSync(folder);
  taken.add(real);
  return { path: real, isOurs };
}

/** Undefined when another run works in it. */
function claimExisting(folder: string): OwnFolder | undefined {
  const owner = ownerOf(folder);
  if (taken.has(realpathSync(folder))) return undefined;
  if (owner === undefined) return take(folder, false);
  if (owner !== null && owner !== process.pid && isAlive(owner)) return undefined;
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true, force: true });
  mark(folder);
  return take(folder, true);
}

/**
 * Makes a folder to work in, or takes the one that is there: cleared where massgen made it, as it is where it is the user's.
 * Where another run works in it already, one beside it is made, named with `suffix`. Throws `config-invalid` when it cannot be made.
 */
export function claimFolder(folder: string, suffix: string): OwnFolder {
  try {
    makeFolders(path.dirname(folder));
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new MassgenError('config-invalid', `the workspace ${folder} cannot be made: ${(error as Error).message}; give another "cwd"`, { cause: error });
    try {
      return claimExisting(folder) ?? claimFolder(`${folder}_${suffix}`, suffix);
    } catch (thrown) {
      if (thrown instanceof MassgenError) throw thrown;
      throw new MassgenError('config-invalid', `the workspace ${folder} cannot be used: ${(thrown as Error).message}; give another "cwd"`, { cause: thrown });
    }
  }
  mark(folder);
  return take(folder, true);
}

export const releaseFolder = ({ path: folder }: OwnFolder): void => {
  taken.delete(folder);
};
