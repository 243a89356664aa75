import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { deny } from './access-denied.js';
import { assertStill, openedAs, type OpenFolder } from './open-folder.js';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK } = constants;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

async function openAs(at: string, flags: number, real: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(at, flags | O_NOFOLLOW);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') deny(`${real} has become a link`);
    throw error;
  }
  try {
    assertStill(handle.fd, real);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a folder by its path without links for as long as `use` takes. With `create` what is missing of the path is made. Throws AccessDenied when another place is found there. */
export async function withFolder<T>(real: string, use: (folder: OpenFolder) => Promise<T>, create = false): Promise<T> {
  const enter = async (from: string): Promise<T> => {
    const handle = await openAs(from, O_RDONLY | O_DIRECTORY, real);
    try {
      return await use(openedAs(handle.fd, real));
    } finally {
      await handle.close();
    }
  };
  try {
    return await enter(real);
  } catch (error) {
    if (!create || codeOf(error) !== 'ENOENT' || path.dirname(real) === real) throw error;
  }
  const name = path.basename(real);
  return await withFolder(
    path.dirname(real),
    async (parent) => {
      await mkdir(parent.at(name)).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      return await enter(parent.at(name));
    },
    true,
  );
}

/** How many names a file may have: what massgen has linked itself counts as none. */
export type LinkCount = (stats: Stats) => number;

/** Refuses what is no ordinary file, and a file that has a name somewhere else too. */
export function refuseStrange(stats: Stats, shown: string, names: LinkCount = ({ nlink }) => nlink): void {
  if (stats.isDirectory()) throw new Error(`${shown} is a directory`);
  if (!stats.isFile()) deny(`${shown} is no ordinary file`);
  if (names(stats) > 1) deny(`${shown} has a second name (a hard link), which may be outside the workspace`);
}

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** Opens an ordinary file for reading as long as `use` takes. */
export async function withFile<T>(real: string, shown: string, names: LinkCount, use: (file: OpenedFile) => Promise<T>): Promise<T> {
  return await withFolder(path.dirname(real), async (folder) => {
    const at = folder.at(path.basename(real));
    // A device may act when it is opened; a pipe would wait.
    refuseStrange(await lstat(at), shown, names);
    const handle = await openAs(at, O_RDONLY | O_NONBLOCK, real);
    try {
      const stats = await handle.stat();
      refuseStrange(stats, shown, names);
      return await use({ handle, stats });
    } finally {
      await handle.close();
    }
  });
}

/**
 * Puts a whole file in place at once: nobody sees half of it, and no other name of what was there before changes.
 * Folders on the way are made. `mustBeNew` refuses to replace.
 */
export async function writeWhole(real: string, shown: string, data: string | Uint8Array, { names, mustBeNew = false }: { readonly names: LinkCount; readonly mustBeNew?: boolean }): Promise<void> {
  await withFolder(
    path.dirname(real),
    async (folder) => {
      const target = folder.at(path.basename(real));
      const before = await lstat(target).catch(() => undefined);
      if (before !== undefined) {
        if (mustBeNew) throw new Error(`Destination already exists: ${shown}`);
        refuseStrange(before, shown, names);
      }
      const draft = folder.at(`.massgen-${randomBytes(8).toString('hex')}`);
      const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
      try {
        try {
          await handle.writeFile(data);
          if (before !== undefined) await handle.chmod(before.mode & 0o777);
        } finally {
          await handle.close();
        }
        await rename(draft, target);
      } catch (error) {
        await unlink(draft).catch(() => undefined);
        throw error;
      }
    },
    true,
  );
}

/** Writes into a file that may be written while its folder may not. */
export async function writeInPlace(real: string, shown: string, data: string | Uint8Array): Promise<void> {
  await withFolder(path.dirname(real), async (folder) => {
    const at = folder.at(path.basename(real));
    refuseStrange(await lstat(at), shown);
    const handle = await openAs(at, O_WRONLY | O_NONBLOCK, real);
    try {
      refuseStrange(await handle.stat(), shown);
      await handle.truncate(0);
      await handle.writeFile(data);
    } finally {
      await handle.close();
    }
  });
}
