import { randomBytes } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { copyFile, lstat, readdir, rename } from 'node:fs/promises';
import path from 'node:path';

/** Gives each file of a folder an existence of its own, so that whoever writes to it later changes no copy. */
export async function unshare(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) await unshare(at);
    else if (entry.isFile() && (await lstat(at)).nlink > 1) {
      const draft = path.join(folder, `.massgen-${randomBytes(8).toString('hex')}`);
      await copyFile(at, draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await rename(draft, at);
    }
  }
}
