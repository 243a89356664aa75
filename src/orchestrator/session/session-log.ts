import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../protocol.js';
import { beginEventFile, type EventFile } from './event-file.js';
import { claimLogDirectory } from './log-directory.js';
import { NO_CONTEXT, newHeader, type LogContext, type LogHeader } from './log-header.js';
import { serialiseEvent } from './serialise-event.js';
import { createTurnLog } from './turn-log.js';

/** Where one turn of a session is written. */
export interface SessionLog {
  /** The session's directory; null when nothing can be written. */
  readonly directory: string | null;
  /** The number of the turn in its session, from 1. */
  readonly turn: number;
  /** Directory of the final answer, once there is one. */
  readonly finalPath: string | null;
  /**
   * Stores events, one JSON object a line, LF only, and then what is derived from them: an answer's, a vote's and the final answer's
   * files at once, the others with the end of the run. Resolves to a warning, once, when something cannot be kept; never rejects.
   */
  append(batch: readonly RunEvent[]): Promise<string | undefined>;
  /** What went wrong with the last batch: nothing follows the end of a run, so nothing in it can say so. */
  warning(): string | undefined;
  close(): void;
}

export interface SessionLogOptions {
  /** Directory that holds the `log_<stamp>` directories. */
  readonly root: string;
  /** A session's directory to continue in, rather than a new one. */
  readonly directory?: string;
  /** The turn to begin; the next number that nobody has taken, when it is. */
  readonly turn: number;
  /** For the header of the log; without secrets. */
  readonly context?: LogContext;
  readonly now: () => Date;
  readonly random: () => number;
}

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message.split('\n')[0] ?? '' : String(thrown));

function lost(warning: string, turn: number): SessionLog {
  let told = false;
  return {
    directory: null,
    turn,
    finalPath: null,
    append: () => {
      const first = told ? undefined : warning;
      told = true;
      return Promise.resolve(first);
    },
    warning: () => undefined,
    close: () => undefined,
  };
}

/** Makes the directory of a turn that nobody else has. */
function claimTurn(session: string, first: number): { readonly turn: number; readonly directory: string } {
  for (let turn = first; ; turn += 1) {
    const directory = path.join(session, `turn_${String(turn)}`);
    try {
      mkdirSync(directory);
      return { turn, directory };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
}

interface Claimed {
  readonly session: string;
  readonly turn: number;
  readonly directory: string;
  readonly file: EventFile;
  readonly header: LogHeader;
}

function claim({ root, directory: given, turn: wanted, context, now, random }: SessionLogOptions): Claimed {
  const session = given ?? claimLogDirectory(root, now, random);
  const { turn, directory } = claimTurn(session, wanted);
  const file = beginEventFile(path.join(directory, 'events.jsonl'));
  return { session, turn, directory, file, header: newHeader(now(), { session: path.basename(session), directory }, context ?? NO_CONTEXT) };
}

/** Claims a directory and opens its events.jsonl. When that fails the run may go on unlogged: the first `append` says why. */
export function openSessionLog(options: SessionLogOptions): SessionLog {
  let claimed: Claimed;
  try {
    claimed = claim(options);
  } catch (thrown) {
    return lost(`this run is not logged: ${reason(thrown)}; make ${options.directory ?? options.root} writable or give another --log-dir`, options.turn);
  }
  const { session, turn, directory, file, header } = claimed;
  let broken = false;
  const flush = (): void => {
    if (!broken) file.flush();
  };
  const derived = createTurnLog({ header, directory, now: options.now, flush });
  let warned = false;
  let late: string | undefined;
  let pending = `${JSON.stringify(header)}\n`;
  /** Undefined, or why the events cannot be stored any more. */
  const store = (batch: readonly RunEvent[]): string | undefined => {
    let text = pending;
    for (const event of batch) text += serialiseEvent(event);
    try {
      file.write(text);
      pending = '';
      return undefined;
    } catch (thrown) {
      broken = true;
      return `the log stops here: ${reason(thrown)}; the run goes on without it (${session})`;
    }
  };
  return {
    directory: session,
    turn,
    finalPath: path.join(directory, 'final'),
    append: async (batch) => {
      const stopped = broken ? undefined : store(batch);
      const incomplete = await derived.take(batch);
      const missing = incomplete === undefined || warned || broken ? undefined : `some files of the log are missing: ${incomplete}; \`massgen logs rebuild ${path.basename(session)}\` makes them from its events`;
      warned ||= missing !== undefined;
      const warning = stopped ?? missing;
      if (batch.at(-1)?.type !== 'run-end') return warning;
      late = warning;
      return undefined;
    },
    warning: () => late,
    close: () => {
      derived.stop();
      file.close();
    },
  };
}
