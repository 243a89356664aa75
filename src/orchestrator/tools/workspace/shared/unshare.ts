import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync, type Stats } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { NewFiles } from '../copies/new-files.js';
import { copyLarge, openSource, readSmall, SMALL_BYTES, type Count } from '../copies/source-file.js';
import { visitTree, type TreeVisitor } from '../copies/visit-tree.js';

const nothing = (): void => undefined;
const isShared = ({ nlink }: Stats): boolean => nlink > 1;
const SHARED: Count = { takes: isShared, leave: nothing };

/** Gives each file of a folder an existence of its own, so that whoever writes to it later changes no copy. */
export async function unshare(folder: string): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  const made = new NewFiles('same');
  const name = `.massgen-${randomBytes(8).toString('hex')}`;
  const file: TreeVisitor['file'] = (at) => {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    const source = stats === undefined || !isShared(stats) ? undefined : openSource(at, SHARED);
    if (source === undefined) return undefined;
    const draft = path.join(path.dirname(at), name);
    if (source.stats.size > SMALL_BYTES) return copyLarge(source, at, draft).then(() => rename(draft, at));
    made.write(draft, buffer, 0, readSmall(source, buffer, 0), source.stats.mode);
    renameSync(draft, at);
    return undefined;
  };
  await visitTree(folder, { folder: nothing, folderEnd: nothing, link: nothing, unreadable: nothing, file });
}
