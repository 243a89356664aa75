import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../protocol.js';
import { createAnswerLog } from './answer-log.js';
import { beginEventFile, type EventFile } from './event-file.js';
import { claimLogDirectory } from './log-directory.js';
import { NO_CONTEXT, newHeader, type LogContext, type LogHeader } from './log-header.js';
import { eventMask } from './mask-events.js';
import { createQuote, type Quote } from './quoted.js';
import { serialiseEvent } from './serialise-event.js';
import { createTurnLog, type TurnLog } from './turn-log.js';

/** Where one turn of a session is written. */
export interface SessionLog {
  /** The session's directory; null when nothing can be written. */
  readonly directory: string | null;
  /** The number of the turn in its session, from 1. */
  readonly turn: number;
  /** Directory of the final answer, once that is in its file, whole; null before, and where it could not be written. */
  finalPath(): string | null;
  /**
   * Stores events, one JSON object a line, LF only, and then what is derived from them: an answer's, a vote's and the final answer's
   * files at once, the others with the end of the run. Resolves to a warning, once, when something cannot be kept; never rejects.
   */
  append(batch: readonly RunEvent[]): Promise<string | undefined>;
  /** What went wrong with the last batch: nothing follows the end of a run, so nothing in it can say so. */
  warning(): string | undefined;
  close(): void;
}

/** `events`: events.jsonl and the final answer's file; `logs rebuild` makes the others. `all`: they are written as the run goes on. */
export type LogFiles = 'all' | 'events';

export interface SessionLogOptions {
  /** Directory that holds the `log_<stamp>` directories. */
  readonly root: string;
  /** A session's directory to continue in, rather than a new one. */
  readonly directory?: string;
  /** The turn to begin; the next number that nobody has taken, when it is. */
  readonly turn: number;
  /** Default `all`. */
  readonly files?: LogFiles;
  /** For the header of the log; without secrets. */
  readonly context?: LogContext;
  /** What no file of the log may hold, longest first. */
  readonly secrets?: readonly string[];
  readonly now: () => Date;
  readonly random: () => number;
}

const NO_SECRETS: readonly string[] = [];

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message.split('\n')[0] ?? '' : String(thrown));

function lost(warning: string, turn: number): SessionLog {
  let told = false;
  return {
    directory: null,
    turn,
    finalPath: () => null,
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
  readonly header: LogHeader;
}

/** What is open while a turn is being written. */
interface Writing {
  readonly file: EventFile;
  readonly derived: TurnLog;
}

function claim({ root, directory: given, turn: wanted, context, now, random }: SessionLogOptions): Claimed {
  const session = given ?? claimLogDirectory(root, now, random);
  const { turn, directory } = claimTurn(session, wanted);
  return { session, turn, directory, header: newHeader(now(), { session: path.basename(session), directory }, context ?? NO_CONTEXT) };
}

function serialiseAll(batch: readonly RunEvent[], quote: Quote): string {
  let lines = '';
  for (const event of batch) lines += serialiseEvent(event, quote);
  return lines;
}

function begin({ directory, header }: Claimed, { files = 'all', now }: SessionLogOptions, quote: Quote): Writing {
  const file = beginEventFile(path.join(directory, 'events.jsonl'));
  return { file, derived: files === 'events' ? createAnswerLog({ directory, flush: file.flush }) : createTurnLog({ header, directory, now, quote, flush: file.flush }) };
}

/**
 * Claims a directory; its files are opened with the first events, so that a run which nobody reads holds nothing open.
 * When the claim fails the run may go on unlogged: the first `append` says why.
 */
export function openSessionLog(options: SessionLogOptions): SessionLog {
  let claimed: Claimed;
  try {
    claimed = claim(options);
  } catch (thrown) {
    return lost(`this run is not logged: ${reason(thrown)}; make ${options.directory ?? options.root} writable or give another --log-dir`, options.turn);
  }
  const { session, turn, directory, header } = claimed;
  // A server has many runs in flight, and where there are no other files few texts come twice.
  const quote = createQuote(options.files === 'events' ? 2 : undefined);
  const mask = eventMask(options.secrets ?? NO_SECRETS);
  let writing: Writing | null = null;
  let broken = false;
  let warned = false;
  let late: string | undefined;
  let pending = `${JSON.stringify(header)}\n`;
  /** What a batch is in the log, and why the log ends with it. */
  const store = (batch: readonly RunEvent[]): { readonly stored: readonly RunEvent[]; readonly stopped?: string } => {
    let stored: readonly RunEvent[] = [];
    try {
      const lines = serialiseAll(batch, quote);
      stored = mask(batch, lines);
      if (!broken) {
        writing ??= begin(claimed, options, quote);
        writing.file.write(pending + (stored === batch ? lines : serialiseAll(stored, quote)));
        pending = '';
      }
      return { stored };
    } catch (thrown) {
      if (broken) return { stored };
      broken = true;
      return { stored, stopped: `the log stops here: ${reason(thrown)}; the run goes on without it (${session})` };
    }
  };
  /** Stores a batch and what follows from it. Resolves to what went wrong, if it is to be told. */
  const keep = async (batch: readonly RunEvent[]): Promise<string | undefined> => {
    const { stored, stopped } = store(batch);
    const taken = writing?.derived.take(stored);
    const incomplete = taken instanceof Promise ? await taken : taken;
    if (stopped !== undefined || incomplete === undefined || warned || broken) return stopped;
    warned = true;
    return `some files of the log are missing: ${incomplete}; \`massgen logs rebuild ${path.basename(session)}\` makes them from its events`;
  };
  const keepLast = async (batch: readonly RunEvent[]): Promise<undefined> => {
    late = await keep(batch);
    return undefined;
  };
  return {
    directory: session,
    turn,
    finalPath: () => (writing?.derived.hasAnswer() === true ? path.join(directory, 'final') : null),
    append: (batch) => (batch.at(-1)?.type === 'run-end' ? keepLast(batch) : keep(batch)),
    warning: () => late,
    close: () => {
      writing?.derived.stop();
      writing?.file.close();
    },
  };
}
