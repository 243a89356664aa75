import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { deny } from './access-denied.js';
import type { OpenFolder } from './confined.js';

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
  if (descriptors !== undefined) return readlinkSync(`${descriptors}/${fd}`) === real;
  const [opened, named] = [fstatSync(fd), lstatSync(real)];
  return opened.dev === named.dev && opened.ino === named.ino && realpathSync(real) === real;
}

export interface HeldFolder extends OpenFolder {
  readonly close: () => void;
}

/** As `withFolder`, for those who go through thousands: at once, and open until it is closed. Throws AccessDenied when another place is found there. */
export function openFolder(real: string): HeldFolder {
  const fd = openSync(real, FLAGS);
  const close = (): void => closeSync(fd);
  try {
    if (!isStill(fd, real)) deny(`${real} was replaced while it was opened`);
  } catch (error) {
    close();
    throw error;
  }
  const self = descriptors === undefined ? real : `${descriptors}/${fd}`;
  return { self, at: (name) => `${self}/${name}`, close };
}
