import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync, type Stats } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { NewFiles } from '../copies/new-files.js';
import { copyLarge, readSmall, SMALL_BYTES, type Count } from '../copies/source-file.js';
import { visitTree, type TreeVisitor } from '../copies/visit-tree.js';

const nothing = (): void => undefined;
const isShared = ({ nlink }: Stats): boolean => nlink > 1;
const SHARED: Count = { takes: isShared, leave: nothing };

/** Gives each file of a folder an existence of its own, so that whoever writes to it later changes no copy. */
export async function unshare(folder: string): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  const made = new NewFiles('same');
  const name = `.massgen-${randomBytes(8).toString('hex')}`;
  const large = async (at: string, draft: string): Promise<void> => {
    if ((await copyLarge(at, draft, SHARED)) !== undefined) await rename(draft, at);
  };
  const file: TreeVisitor['file'] = (at) => {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined || !isShared(stats)) return undefined;
    const draft = path.join(path.dirname(at), name);
    const read = readSmall(at, buffer, 0, SHARED);
    if (read === undefined) return undefined;
    if (read.length > SMALL_BYTES) return large(at, draft);
    made.write(draft, buffer, 0, read.length, read.stats.mode);
    renameSync(draft, at);
    return undefined;
  };
  await visitTree(folder, { folder: nothing, folderEnd: nothing, link: nothing, unreadable: nothing, file });
}
