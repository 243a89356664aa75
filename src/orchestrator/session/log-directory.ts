import { mkdir } from 'node:fs/promises';
import path from 'node:path';

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** `YYYYMMDD_HHMMSS_ffffff` in local time; `micros` are the last six digits. */
export function directoryStamp(date: Date, micros: number): string {
  const day = `${digits(date.getFullYear(), 4)}${digits(date.getMonth() + 1, 2)}${digits(date.getDate(), 2)}`;
  return `${day}_${digits(date.getHours(), 2)}${digits(date.getMinutes(), 2)}${digits(date.getSeconds(), 2)}_${digits(micros, 6)}`;
}

const isTaken = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';

/** Makes a directory `log_<stamp>` below `root` that nobody else has: names are claimed by creating them. Rejects when `root` cannot be written. */
export async function claimLogDirectory(root: string, now: () => Date, random: () => number): Promise<string> {
  await mkdir(root, { recursive: true });
  for (;;) {
    const date = now();
    const name = `log_${directoryStamp(date, date.getMilliseconds() * 1000 + Math.floor(random() * 1000))}`;
    try {
      await mkdir(path.join(root, name));
      return path.join(root, name);
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
    }
  }
}
