import { statSync } from 'node:fs';
import { MassgenError } from '../../../errors.js';
import { summariseFiles } from './foreign/summarise-files.js';
import { reportEvents } from './report-events.js';
import type { SessionSummary, TurnSummary } from './report.js';
import { claimedTurn, summariseEvents, unreadableTurn, type FoundTurn } from './summarise-events.js';
import { timeOfName, turnDirectory, turnNumbers } from './turn-places.js';

/** A session's summary and the texts of its final answers. */
export interface FoundSession {
  readonly summary: SessionSummary;
  readonly answers: readonly (() => string)[];
  /** While these are as they were, so is the summary: times of change of the directory and of each turn's events.jsonl, and its size. Only where all turns have ended. */
  readonly marks?: readonly number[];
}

/** Why something cannot be read, for people. */
export function whyUnreadable(thrown: unknown): string {
  if (thrown instanceof MassgenError) return thrown.message;
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === 'ELOOP') return 'its symbolic links run in a circle';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  if (code === 'EINVAL') return 'events.jsonl is not a file';
  return code === undefined ? message : `it cannot be read (${code})`;
}

const nothing = (turn: number, directory: string, error: string): FoundTurn => ({ summary: unreadableTurn(turn, directory, error), answer: () => '' });

/** One turn's summary: from its events, else from the files beside them, else why there is none. */
function summariseTurn(turn: number, directory: string, now: number): FoundTurn | Promise<FoundTurn> {
  try {
    const found = summariseEvents(turn, directory, now);
    const claimed = found === undefined ? claimedTurn(turn, directory, now) : undefined;
    if (claimed !== undefined) return { summary: claimed, answer: () => '' };
    return found ?? summariseFiles(turn, directory, now).then((files) => files ?? nothing(turn, directory, 'it holds no event log of massgen and no other files of a run'));
  } catch (thrown) {
    return nothing(turn, directory, whyUnreadable(thrown));
  }
}

const sum = (values: readonly (number | null)[]): number | null => values.reduce<number | null>((total, value) => (value === null ? total : (total ?? 0) + value), null);

/** A session from the summaries of its turns. */
export function toSession(id: string, directory: string, turns: readonly TurnSummary[]): SessionSummary {
  const newest = turns.at(-1) ?? unreadableTurn(1, directory, 'there is nothing in it');
  const costs = turns.map(({ cost }) => cost);
  return {
    id,
    directory,
    status: newest.status,
    question: newest.question,
    agents: newest.agents,
    winner: newest.winner,
    started_at: turns[0]?.started_at ?? timeOfName(id)?.toISOString() ?? null,
    duration_seconds: sum(turns.map(({ duration_seconds }) => duration_seconds)),
    // A sum with an unknown part is unknown.
    cost: costs.includes(null) ? null : sum(costs),
    turns: turns.length === 0 ? [newest] : turns,
  };
}

function toFound(id: string, directory: string, changed: number, turns: readonly FoundTurn[]): FoundSession {
  const marks = turns.every((turn) => turn.marks !== undefined) ? { marks: [changed, ...turns.flatMap((turn) => turn.marks ?? [])] } : {};
  return { summary: toSession(id, directory, turns.map(({ summary }) => summary)), answers: turns.map(({ answer }) => answer), ...marks };
}

/**
 * A session with the cost of its turns that have no end, which their last lines do not say: from their events, read to the
 * last, as a report has it. Never throws.
 */
export async function withOpenCosts(summary: SessionSummary, now: number): Promise<SessionSummary> {
  const isOpen = ({ source, status }: TurnSummary): boolean => source === 'events' && (status === 'running' || status === 'crashed');
  if (!summary.turns.some(isOpen)) return summary;
  const turns: TurnSummary[] = [];
  for (const turn of summary.turns) {
    const report = isOpen(turn) ? await reportEvents(turn.turn, turn.directory, now).catch(() => undefined) : undefined;
    turns.push(report === undefined ? turn : { ...turn, cost: report.cost });
  }
  return toSession(summary.id, summary.directory, turns);
}

/**
 * A directory has a link from each of its subdirectories: with three links there is one at most, and looking into turn 1 is
 * a third of the price of listing the directory. Some file systems count differently, none of them gives three for two.
 */
function onlyTurn(directory: string, links: number, now: number): FoundTurn | undefined {
  if (links !== 3) return undefined;
  try {
    return summariseEvents(1, turnDirectory(directory, 1), now);
  } catch {
    // The slow way says why.
    return undefined;
  }
}

/** What a session's directory says in short. Undefined when it is no directory. Never throws: what cannot be read says so. */
export async function summariseSession(id: string, directory: string, now: number): Promise<FoundSession | undefined> {
  let numbers: readonly number[];
  let changed: number;
  try {
    const status = statSync(directory, { throwIfNoEntry: false });
    if (status?.isDirectory() !== true) return undefined;
    const only = onlyTurn(directory, status.nlink, now);
    if (only !== undefined) return toFound(id, directory, status.mtimeMs, [only]);
    changed = status.mtimeMs;
    numbers = turnNumbers(directory);
  } catch (thrown) {
    return { summary: toSession(id, directory, [unreadableTurn(1, directory, whyUnreadable(thrown))]), answers: [] };
  }
  const found: FoundTurn[] = [];
  for (const number of numbers) {
    const turn = summariseTurn(number, turnDirectory(directory, number), now);
    // Awaiting what is there already would cost more than reading it.
    found.push(turn instanceof Promise ? await turn : turn);
  }
  // A run that was written without turns is turn 1; where there is nothing, its run has not come to make one.
  if (numbers.length === 0) found.push(await summariseTurn(1, directory, now));
  return toFound(id, directory, changed, found);
}
