import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { withFolder } from '../paths/confined.js';

/** Removes a file, a link or a folder with all that is in it; follows no link, not even one that takes a folder's place meanwhile. */
export async function removeTree(real: string): Promise<void> {
  await withFolder(path.dirname(real), async (folder) => {
    const at = folder.at(path.basename(real));
    if (!(await lstat(at)).isDirectory()) {
      await unlink(at);
      return;
    }
    await emptyFolder(real);
    await rmdir(at);
  });
}

/** Removes what is in a folder, except for the names in `keep`. */
export async function emptyFolder(real: string, keep: readonly string[] = []): Promise<void> {
  await withFolder(real, async (folder) => {
    const entries = await readdir(folder.self, { withFileTypes: true });
    for (const entry of entries.filter(({ name }) => !keep.includes(name))) {
      if (entry.isDirectory()) await removeTree(path.join(real, entry.name));
      else await unlink(folder.at(entry.name));
    }
  });
}
