import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';

/** Read and written at once. Larger files are left to the system, which may clone them. */
export const SMALL_BYTES = 256 * 1024;

/** A link that took the file's place is not followed, a pipe is not waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const hasCode = (error: unknown, codes: readonly string[]): boolean => codes.includes((error as NodeJS.ErrnoException | null)?.code ?? '');

/** Not there any more, or something else by now. */
export const isGone = (error: unknown): boolean => hasCode(error, ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO']);

export const isUnreadable = (error: unknown): boolean => hasCode(error, ['EACCES', 'EPERM', 'EIO', 'EBUSY', 'ESTALE']);

/** Counts what is copied. */
export interface Count {
  /** Whether the file may be copied; said of what is open. */
  readonly takes: (stats: Stats) => boolean;
  /** A file stayed behind. */
  readonly leave: () => void;
}

function leaveUnlessGone(error: unknown, count: Count): void {
  if (isUnreadable(error)) count.leave();
  else if (!isGone(error)) throw error;
}

export interface SmallFile {
  readonly stats: Stats;
  /** How much was read; a file may shrink meanwhile. */
  readonly length: number;
}

function readWhole(fd: number, into: Uint8Array, position: number, size: number): number {
  let length = 0;
  for (let read = 1; read > 0 && length < size; length += read) read = readSync(fd, into, position + length, size - length, null);
  return length;
}

/** Reads a small file into a buffer that has room for one; of a larger one `length` is beyond SMALL_BYTES and nothing was read. Undefined for what is not copied. */
export function readSmall(at: string, into: Uint8Array, position: number, count: Count): SmallFile | undefined {
  try {
    const fd = openSync(at, FLAGS);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return undefined;
      if (count.takes(stats)) return { stats, length: stats.size > SMALL_BYTES ? stats.size : readWhole(fd, into, position, stats.size) };
      count.leave();
      return undefined;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    leaveUnlessGone(error, count);
    return undefined;
  }
}

/** Copies a large file to where there is none, as a clone where the file system can. Undefined for what is not copied. */
export async function copyLarge(at: string, to: string, count: Count): Promise<Stats | undefined> {
  const handle = await open(at, FLAGS).catch((error: unknown) => leaveUnlessGone(error, count));
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return undefined;
    if (!count.takes(stats)) {
      count.leave();
      return undefined;
    }
    // Of what is open, whatever is at its path by now.
    const source = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : at;
    await copyFile(source, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    return stats;
  } finally {
    await handle.close();
  }
}
