import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { deny } from './access-denied.js';

// A path that was judged may be another one when it is used: a program swaps a folder for a link. So a folder is opened first, what was opened
// is asked for its path, and names are then looked up in what is open, as openat(2) does; Linux offers that to us under /proc/self/fd.

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Where Linux shows what this process has open. By the number of the process, as `self` is a link more to follow with each name. */
const descriptors = ((): string | undefined => {
  try {
    return `/proc/${readlinkSync('/proc/self')}/fd`;
  } catch {
    return undefined;
  }
})();

function isStill(fd: number, real: string): boolean {
  try {
    if (descriptors !== undefined) return readlinkSync(`${descriptors}/${fd}`) === real;
    const [opened, named] = [fstatSync(fd), lstatSync(real)];
    return opened.dev === named.dev && opened.ino === named.ino && realpathSync(real) === real;
  } catch {
    return false;
  }
}

/** Throws AccessDenied when what was opened is not what has this path without links. */
export function assertStill(fd: number, real: string): void {
  if (!isStill(fd, real)) deny(`${real} was replaced while it was opened`);
}

/** A folder that is open; `at` names what is in it, whatever happens to its path. */
export interface OpenFolder {
  readonly at: (name: string) => string;
  /** The folder itself. */
  readonly self: string;
}

export function openedAs(fd: number, real: string): OpenFolder {
  const self = descriptors === undefined ? real : `${descriptors}/${fd}`;
  return { self, at: (name) => `${self}/${name}` };
}

export interface HeldFolder extends OpenFolder {
  readonly close: () => void;
}

/** As `withFolder`, for those who go through thousands: at once, and open until it is closed. Throws AccessDenied when another place is found there. */
export function openFolder(real: string): HeldFolder {
  const fd = openSync(real, FLAGS);
  const close = (): void => closeSync(fd);
  try {
    assertStill(fd, real);
  } catch (error) {
    close();
    throw error;
  }
  return { ...openedAs(fd, real), close };
}
