import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { copyFile } from 'node:fs/promises';

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

export interface SourceFile {
  readonly fd: number;
  readonly stats: Stats;
}

/** Opens a file to copy it; whoever asks closes it. Undefined for what is not copied. */
export function openSource(at: string, count: Count): SourceFile | undefined {
  let fd: number;
  try {
    fd = openSync(at, FLAGS);
  } catch (error) {
    if (isUnreadable(error)) count.leave();
    else if (!isGone(error)) throw error;
    return undefined;
  }
  const stats = fstatSync(fd);
  if (stats.isFile() && count.takes(stats)) return { fd, stats };
  if (stats.isFile()) count.leave();
  closeSync(fd);
  return undefined;
}

/** Reads a small file and closes it; how much there was, as it may have shrunk. */
export function readSmall({ fd, stats: { size } }: SourceFile, into: Uint8Array, position: number): number {
  try {
    let length = 0;
    for (let read = 1; read > 0 && length < size; length += read) read = readSync(fd, into, position + length, size - length, null);
    return length;
  } finally {
    closeSync(fd);
  }
}

/** Copies a file that is open to where there is none, as a clone where the file system can, and closes it. `at` is where it was opened; `prepare` is called first. */
export async function copyLarge({ fd }: SourceFile, at: string, to: string, prepare?: () => void): Promise<void> {
  try {
    prepare?.();
    // Of what is open, whatever is at its path by now.
    const source = process.platform === 'linux' ? `/proc/self/fd/${fd}` : at;
    await copyFile(source, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } finally {
    closeSync(fd);
  }
}
