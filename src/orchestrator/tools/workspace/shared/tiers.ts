import { mkdirSync } from 'node:fs';
import { lstat, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { MARK } from './own-folder.js';
import { dropFolder } from './drop-folder.js';

/** Where an agent tries things out. */
const SCRATCH = 'scratch';
/** Where it puts what its answer hands over. */
const DELIVERABLE = 'deliverable';

/** The two parts of a workspace (`use_two_tier_workspace`). */
export function makeTiers(workspace: string): void {
  for (const name of [SCRATCH, DELIVERABLE]) mkdirSync(path.join(workspace, name), { recursive: true });
}

const entriesOf = async (folder: string): Promise<readonly string[]> => ((await lstat(folder).catch(() => undefined))?.isDirectory() === true ? readdir(folder) : []);

/** Leaves of a delivered copy only what its deliverable part holds, as the whole; says whether that is all there is to deliver, or there are drafts only, or nothing. */
export async function keepDeliverable(target: string): Promise<'all' | 'drafts' | 'nothing'> {
  const aside = `${target}.parts`;
  await rename(target, aside);
  const delivered = path.join(aside, DELIVERABLE);
  const isAny = (await entriesOf(delivered)).length > 0;
  const drafts = [...(await entriesOf(path.join(aside, SCRATCH))), ...(await readdir(aside)).filter((name) => name !== SCRATCH && name !== DELIVERABLE && name !== MARK)];
  if (isAny) await rename(delivered, target);
  await dropFolder(aside);
  return isAny ? 'all' : drafts.length > 0 ? 'drafts' : 'nothing';
}
