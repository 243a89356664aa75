import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMadeByTools, rightAt, rulesOf, type Root } from '../workspace/paths/rights.js';

/** A place of the machine as commands find it that are shut in. */
export interface Passage {
  /** Absolute, without links. */
  readonly path: string;
  /** `nothing`: it is there and empty. */
  readonly as: 'write' | 'read' | 'nothing';
  readonly isFolder: boolean;
}

export interface Passages {
  /** Outer places first. */
  readonly all: readonly Passage[];
  /** Folders of the user's that are left out: too large to be looked through for what nobody may see. */
  readonly tooLarge: readonly string[];
}

/** Of one folder of the user's: more takes too long to look through, or is more than programs take as arguments. */
const MOST_ENTRIES = 100_000;
const MOST_RULES = 500;
const AT_ONCE = 32;

const depthOf = ({ path: at }: Passage): number => at.split(path.sep).length;
const asOf = (roots: readonly Root[], at: string, delivering: boolean): Passage['as'] => {
  const right = rightAt(roots, at, delivering);
  return right === 'none' ? 'nothing' : right;
};

interface Folder {
  readonly at: string;
  readonly as: Passage['as'];
}

/** What has a rule of its own below a folder of the user's; null when there is too much to tell. */
async function rulesBelow(roots: readonly Root[], top: Passage, delivering: boolean, most: number): Promise<readonly Passage[] | null> {
  const mayDiffer = rulesOf(roots);
  const found: Passage[] = [];
  let seen = 0;
  const visit = async ({ at, as: around }: Folder): Promise<readonly Folder[]> => {
    // One that cannot be read here cannot be read by a command either.
    const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
    seen += entries.length;
    return entries.flatMap((entry) => {
      if (entry.isSymbolicLink()) return [];
      const below = path.join(at, entry.name);
      const as = mayDiffer(below, entry.name) ? asOf(roots, below, delivering) : around;
      if (as !== around) found.push({ path: below, as, isFolder: entry.isDirectory() });
      return entry.isDirectory() && as !== 'nothing' && !isMadeByTools(entry.name) ? [{ at: below, as }] : [];
    });
  };
  for (let folders: readonly Folder[] = [{ at: top.path, as: top.as }]; folders.length > 0; ) {
    folders = [...(await Promise.all(folders.slice(0, AT_ONCE).map(visit))).flat(), ...folders.slice(AT_ONCE)];
    if (seen > most || found.length > MOST_RULES) return null;
  }
  return found;
}

async function passagesAt(roots: readonly Root[], { kind, path: at }: Root, delivering: boolean, most: number): Promise<readonly Passage[] | null> {
  if (kind === 'results') await mkdir(at, { recursive: true }).catch(() => undefined);
  const stats = await stat(at).catch(() => undefined);
  if (stats === undefined) return [];
  const top: Passage = { path: at, as: asOf(roots, at, delivering), isFolder: stats.isDirectory() };
  if (kind !== 'context' || !top.isFolder) return [top];
  const below = await rulesBelow(roots, top, delivering, most);
  return below === null ? null : [top, ...below];
}

/** What commands may see of the machine: as the agent's file tools are judged. `mostEntries` bounds how much of a folder is looked through. */
export async function passagesOf(roots: readonly Root[], delivering: boolean, mostEntries = MOST_ENTRIES): Promise<Passages> {
  const found = await Promise.all(roots.map(async (root) => [root.path, await passagesAt(roots, root, delivering, mostEntries)] as const));
  const byPath = new Map(found.flatMap(([, passages]) => passages ?? []).map((passage) => [passage.path, passage]));
  return { all: [...byPath.values()].sort((one, other) => depthOf(one) - depthOf(other)), tooLarge: found.flatMap(([at, passages]) => (passages === null ? [at] : [])) };
}
