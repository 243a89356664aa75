import { statSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import path from 'node:path';
import type { LogHeader } from './read-header.js';

/** Whoever writes a log writes something within this time: a provider may be silent for two minutes. */
const SILENCE_MS = 150_000;

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the newest of these files was written, in ms of wall time; 0 when there is none. */
export function lastWritten(directory: string, files: readonly string[]): number {
  const times = files.map((file) => {
    try {
      return statSync(path.join(directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...times);
}

/**
 * Whether the writer of a log without an end is still there: its process, where the header names one on this machine that
 * began after the machine did; else whether anything was written lately. A clock set back makes a log young, never old.
 */
export function isAlive(directory: string, header: LogHeader | undefined, now: number): boolean {
  const written = lastWritten(directory, ['events.jsonl', 'status.json']);
  if (header?.pid === undefined || header.host !== hostname()) return now - written < SILENCE_MS;
  return written > now - uptime() * 1000 - SILENCE_MS && processLives(header.pid);
}
