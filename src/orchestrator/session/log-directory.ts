import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from './make-folders.js';

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** `YYYYMMDD_HHMMSS_ffffff` in local time; `micros` are the last six digits. */
export function directoryStamp(date: Date, micros: number): string {
  const day = `${digits(date.getFullYear(), 4)}${digits(date.getMonth() + 1, 2)}${digits(date.getDate(), 2)}`;
  return `${day}_${digits(date.getHours(), 2)}${digits(date.getMinutes(), 2)}${digits(date.getSeconds(), 2)}_${digits(micros, 6)}`;
}

const hasCode = (thrown: unknown, code: string): boolean => typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === code;

/** Makes a directory `log_<stamp>` below `root` that nobody else has: names are claimed by creating them. Throws when `root` cannot be written. */
export function claimLogDirectory(root: string, now: () => Date, random: () => number): string {
  let isMade = false;
  for (;;) {
    const date = now();
    const name = `log_${directoryStamp(date, date.getMilliseconds() * 1000 + Math.floor(random() * 1000))}`;
    try {
      mkdirSync(path.join(root, name));
      return path.join(root, name);
    } catch (thrown) {
      if (hasCode(thrown, 'EEXIST')) continue;
      // A root that is there and still refuses, as /proc/self does, would refuse for ever.
      if (isMade || !hasCode(thrown, 'ENOENT')) throw thrown;
      makeFolders(path.resolve(root));
      isMade = true;
    }
  }
}
