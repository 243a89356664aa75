import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { withFolder } from '../paths/confined.js';

/** Gives back the right to delete what is in the folders; follows no link. */
async function thaw(folder: string): Promise<void> {
  const inside = await withFolder(folder, async ({ self }) => {
    await chmod(self, 0o755);
    return (await readdir(self, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  });
  for (const { name } of inside) await thaw(path.join(folder, name));
}

/** Removes a folder that massgen made, read-only or not; one that is not there is as good. */
export async function dropFolder(folder: string): Promise<void> {
  await thaw(folder).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}
