import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileHandle } from 'node:fs/promises';
import type { RunEvent } from '../../protocol.js';
import { isAlive } from './is-alive.js';
import { createEventParser } from './parse-events.js';
import type { ProblemList } from './problem-list.js';
import { openFile } from './read-events.js';
import type { LogHeader } from './read-header.js';
import { createLineSplitter } from './split-lines.js';

const CHUNK_BYTES = 256 * 1024;

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Ms between looks at the file. */
  readonly pollMs?: number;
  /** How many looks without news before it is asked whether the writer lives. */
  readonly patience?: number;
  /** Whether this process runs the turn: then it is waited for, else a log that was begun under this process's number is over. */
  readonly runsHere?: () => boolean;
}

const isGone = (thrown: unknown): boolean => (thrown as NodeJS.ErrnoException).code === 'ENOENT';

const isOurs = (header: LogHeader | undefined): boolean => header?.pid === process.pid && header.host === hostname();

function isWritten(directory: string, header: LogHeader | undefined, { runsHere }: FollowOptions): boolean {
  if (runsHere?.() === true) return true;
  return (runsHere === undefined || !isOurs(header)) && isAlive(directory, header, Date.now());
}

/** Waits for a file of a run that is only beginning. */
async function openWhenThere(file: string, pollMs: number, tries: number, { signal, runsHere }: FollowOptions): Promise<FileHandle> {
  for (let left = tries; ; left -= 1) {
    const isBeginning = left > 0 || runsHere?.() === true;
    try {
      return await openFile(file);
    } catch (thrown) {
      if (!isGone(thrown) || !isBeginning || signal?.aborted === true) throw thrown;
      await sleep(pollMs);
    }
  }
}

/**
 * The events of a turn as they are written, by whatever process: first those that are there, then each within a moment.
 * Ends after the run's end, when the writer is gone without one, or when the signal is aborted. Throws as `readEvents` does.
 */
export async function* followEvents(directory: string, problems: ProblemList, options: FollowOptions = {}): AsyncGenerator<readonly RunEvent[], void, undefined> {
  const { signal, pollMs = 100, patience = 20 } = options;
  const file = path.join(directory, 'events.jsonl');
  const handle = await openWhenThere(file, pollMs, patience, options);
  try {
    const lines = createLineSplitter();
    const parser = createEventParser(file, problems);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let [looks, wasAlive] = [0, true];
    while (signal?.aborted !== true) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead > 0) {
        [looks, wasAlive] = [0, true];
        const events = parser.parse(lines.take(chunk.subarray(0, bytesRead)));
        if (events.length > 0) yield events;
        if (events.at(-1)?.type === 'run-end') return;
        continue;
      }
      if (!wasAlive) {
        problems.add(lines.pending() > 0 ? 'the process that wrote this log is gone; its last line is torn and is dropped' : 'the process that wrote this log is gone; the log has no end');
        return;
      }
      looks += 1;
      // A writer that is gone may have written since the last look.
      wasAlive = looks % patience !== 0 || isWritten(directory, parser.header(), options);
      if (wasAlive) await sleep(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  } finally {
    await handle.close();
  }
}
