import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../protocol.js';
import { claimLogDirectory } from './log-directory.js';

/** The first line of every events.jsonl. Readers refuse versions they do not know. */
const HEADER = { type: 'log-header', format: 'massgen-events', version: 1 } as const;

/** Where one turn of a session is written. */
export interface SessionLog {
  /** The session's directory; null when nothing can be written. */
  readonly directory: string | null;
  /** Directory of the final answer, once there is one. */
  readonly finalPath: string | null;
  /** Stores events, one JSON object a line, LF only. Resolves to a warning, once, when the log cannot be kept; never rejects. */
  append(batch: readonly RunEvent[]): Promise<string | undefined>;
  close(): void;
}

export interface SessionLogOptions {
  /** Directory that holds the `log_<stamp>` directories. */
  readonly root: string;
  readonly turn: number;
  readonly now: () => Date;
  readonly random: () => number;
}

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message.split('\n')[0] ?? '' : String(thrown));

/** Agent ids come from configurations and become names of directories. */
export const safeName = (id: string): string => id.replace(/[^\w.-]/gu, '_').replace(/^\.+/u, '_') || '_';

function writeFinal(finalPath: string, batch: readonly RunEvent[]): void {
  for (const event of batch) {
    if (event.type !== 'answer-final') continue;
    const directory = path.join(finalPath, safeName(event.agent));
    // One call each is cheaper than `recursive`, and neither can be there yet.
    mkdirSync(finalPath);
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'answer.txt'), event.text);
  }
}

/**
 * One synchronous write a tick: it goes to the page cache, survives the death of this process, and costs a fifth of the
 * CPU of a write through the thread pool.
 */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function lost(warning: string): SessionLog {
  let told = false;
  return {
    directory: null,
    finalPath: null,
    append: () => {
      const first = told ? undefined : warning;
      told = true;
      return Promise.resolve(first);
    },
    close: () => undefined,
  };
}

/** Claims a directory and opens its events.jsonl. When that fails the run may go on unlogged: the first `append` says why. */
export function openSessionLog(options: SessionLogOptions): SessionLog {
  let directory: string;
  let file: number;
  try {
    directory = claimLogDirectory(options.root, options.now, options.random);
    const turn = path.join(directory, `turn_${String(options.turn)}`);
    mkdirSync(turn);
    file = openSync(path.join(turn, 'events.jsonl'), 'ax');
  } catch (thrown) {
    return lost(`this run is not logged: ${reason(thrown)}; make ${options.root} writable or give another --log-dir`);
  }
  const finalPath = path.join(directory, `turn_${String(options.turn)}`, 'final');
  let broken = false;
  let header = `${JSON.stringify(HEADER)}\n`;
  return {
    directory,
    finalPath,
    append: (batch) => {
      if (broken) return Promise.resolve(undefined);
      try {
        let text = header;
        for (const event of batch) text += `${JSON.stringify(event)}\n`;
        writeAll(file, text);
        header = '';
        writeFinal(finalPath, batch);
        return Promise.resolve(undefined);
      } catch (thrown) {
        broken = true;
        return Promise.resolve(`the log stops here: ${reason(thrown)}; the run goes on without it (${directory})`);
      }
    },
    close: () => {
      closeSync(file);
    },
  };
}
