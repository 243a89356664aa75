import { chmodSync, existsSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Stretch } from '../copies/stretch.js';
import { openFolder } from '../paths/open-folder.js';

/** Empties a folder, whoever may write to it; follows no link, not even one that takes a folder's place meanwhile. */
async function empty(real: string, stretch: Stretch): Promise<void> {
  const held = openFolder(real);
  const inside: string[] = [];
  try {
    chmodSync(held.self, 0o755);
    for (const entry of readdirSync(held.self, { withFileTypes: true })) {
      if (entry.isDirectory()) inside.push(path.join(real, entry.name));
      else unlinkSync(held.at(entry.name));
      if (stretch.isOver) await stretch.pause();
    }
  } finally {
    held.close();
  }
  for (const folder of inside) {
    await empty(folder, stretch);
    rmdirSync(folder);
  }
}

/** Removes a folder that massgen made, read-only or not; one that is not there is as good. */
export async function dropFolder(folder: string): Promise<void> {
  const isGone = await empty(folder, new Stretch()).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(folder),
  );
  if (!isGone) await rm(folder, { recursive: true, force: true });
}
