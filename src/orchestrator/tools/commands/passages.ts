import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMadeByTools, rightAt, type Root } from '../workspace/paths/rights.js';

/** A place of the machine as commands find it that are shut in. */
export interface Passage {
  /** Absolute, without links. */
  readonly path: string;
  /** `nothing`: it is there and empty. */
  readonly as: 'write' | 'read' | 'nothing';
  readonly isFolder: boolean;
}

/** Of one folder of the user's: more takes too long to look through, or is more than programs take as arguments. */
const MOST_ENTRIES = 100_000;
const MOST_RULES = 500;

const depthOf = ({ path: at }: Passage): number => at.split(path.sep).length;
const asOf = (roots: readonly Root[], at: string, delivering: boolean): Passage['as'] => {
  const right = rightAt(roots, at, delivering);
  return right === 'none' ? 'nothing' : right;
};

/** What has a rule of its own below a folder of the user's; null when there is too much to tell. */
async function rulesBelow(roots: readonly Root[], top: Passage, delivering: boolean): Promise<readonly Passage[] | null> {
  const found: Passage[] = [];
  const folders: { readonly at: string; readonly as: Passage['as'] }[] = [{ at: top.path, as: top.as }];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { at, as: around } = folder;
    // One that cannot be read here cannot be read by a command either.
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      seen += 1;
      if (seen > MOST_ENTRIES || found.length > MOST_RULES) return null;
      if (entry.isSymbolicLink()) continue;
      const below = path.join(at, entry.name);
      const as = asOf(roots, below, delivering);
      if (as !== around) found.push({ path: below, as, isFolder: entry.isDirectory() });
      if (entry.isDirectory() && as !== 'nothing' && !isMadeByTools(entry.name)) folders.push({ at: below, as });
    }
  }
  return found;
}

async function passagesAt(roots: readonly Root[], { kind, path: at }: Root, delivering: boolean): Promise<readonly Passage[]> {
  if (kind === 'results') await mkdir(at, { recursive: true }).catch(() => undefined);
  const stats = await stat(at).catch(() => undefined);
  if (stats === undefined) return [];
  const top: Passage = { path: at, as: asOf(roots, at, delivering), isFolder: stats.isDirectory() };
  if (kind !== 'context' || !top.isFolder) return [top];
  const below = await rulesBelow(roots, top, delivering);
  return below === null ? [] : [top, ...below];
}

/**
 * What commands may see of the machine, outer places first: as the agent's file tools are judged. A folder of the user's
 * that is too large to look through is left out.
 */
export async function passagesOf(roots: readonly Root[], delivering: boolean): Promise<readonly Passage[]> {
  const all = await Promise.all(roots.map((root) => passagesAt(roots, root, delivering)));
  const byPath = new Map(all.flat().map((passage) => [passage.path, passage]));
  return [...byPath.values()].sort((one, other) => depthOf(one) - depthOf(other));
}
