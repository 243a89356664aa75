import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../protocol.js';
import { eventFlaw } from './check-event.js';
import { withFileEnds, type FileEnds } from './file-ends.js';
import { foreignPlace } from './foreign/places.js';
import { isAlive } from './is-alive.js';
import { HEADER_START, looksLikeHeader, readHeader, type LogHeader } from './read-header.js';
import type { TurnSummary } from './report.js';

/** A summary, and the text of the final answer for who searches in it. */
export interface FoundTurn {
  readonly summary: TurnSummary;
  readonly answer: () => string;
  /** Time of change and size of events.jsonl, when it was read. */
  readonly marks?: readonly number[];
  /** Of a turn that has not ended. */
  readonly header?: LogHeader;
}

function toEvent(line: string | undefined): RunEvent | undefined {
  try {
    const value: unknown = line === undefined ? undefined : JSON.parse(line);
    return eventFlaw(value) === undefined ? (value as RunEvent) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The fields of an object before `key`, where the line has it as our writer puts it. Parsing is most of what a summary costs,
 * and most of a line is configuration or the text of an answer. A quote inside a text is escaped, so that the key is found in none.
 */
function fieldsBefore(line: string, key: string): Readonly<Record<string, unknown>> | undefined {
  const end = line.indexOf(`,"${key}":`);
  try {
    return end < 0 ? undefined : (JSON.parse(`${line.slice(0, end)}}`) as Readonly<Record<string, unknown>>);
  } catch {
    return undefined;
  }
}

const STAMP_AT = /"at":"([^"\\]{1,40})","t":[\d.e+-]+,"epoch":\d+\}$/u;

type Begun = Pick<TurnSummary, 'question' | 'agents' | 'started_at' | 'session_id'>;
const NOT_BEGUN: Begun = { question: null, agents: [], started_at: null, session_id: null };

const idsOf = (agents: unknown): readonly string[] => (Array.isArray(agents) ? agents.flatMap((agent: { readonly id?: unknown } | null) => (typeof agent?.id === 'string' ? agent.id : [])) : []);

/** What the run's first event says. */
function begunOf(line: string | undefined): Begun {
  const at = line === undefined ? undefined : STAMP_AT.exec(line.slice(-120))?.[1];
  const quick = at === undefined || line === undefined ? undefined : fieldsBefore(line, 'history');
  if (at !== undefined && typeof quick?.['task'] === 'string' && typeof quick['session'] === 'string') return { question: quick['task'], agents: idsOf(quick['agents']), started_at: at, session_id: quick['session'] };
  const start = toEvent(line);
  return start?.type === 'run-start' ? { question: start.task, agents: idsOf(start.agents), started_at: start.at, session_id: start.session } : NOT_BEGUN;
}

interface Tail {
  /** The newest event there is. */
  readonly last: RunEvent | undefined;
  readonly end: Extract<RunEvent, { type: 'run-end' }> | undefined;
  /** The line of the final answer. */
  readonly final: string | undefined;
}

/** Calls that were still running may end between the final answer and the end of the run. */
const CLOSING_LINES = 200;

function tailOf(ends: FileEnds): Tail {
  let last: RunEvent | undefined;
  let end: Tail['end'];
  let seen = 0;
  for (const line of ends.backwards()) {
    if (line.includes('"type":"answer-final"')) return { last: last ?? toEvent(line), end, final: line };
    const event = last === undefined || line.includes('"type":"run-end"') ? toEvent(line) : undefined;
    last ??= event;
    if (event?.type === 'run-end') end ??= event;
    seen += 1;
    if (seen > CLOSING_LINES || (seen > 2 && end?.status !== 'completed')) break;
  }
  return { last, end, final: undefined };
}

function winnerOf(line: string | undefined): string | null {
  if (line === undefined) return null;
  const agent = fieldsBefore(line, 'label')?.['agent'];
  if (typeof agent === 'string') return agent;
  const event = toEvent(line);
  return event?.type === 'answer-final' ? event.agent : null;
}

function answerOf(line: string | undefined): string {
  const event = toEvent(line);
  return event?.type === 'answer-final' ? event.text : '';
}

/** What can be said of a turn that cannot be read. */
export const unreadableTurn = (turn: number, directory: string, error: string): TurnSummary => ({ turn, directory, source: 'nothing', status: 'unreadable', ...NOT_BEGUN, winner: null, duration_seconds: null, cost: null, error });

/** A run that has begun writes within this time. */
const FIRST_EVENT_MS = 10_000;

/** A turn whose directory was claimed and that has no event yet, or never got one; undefined for every other. */
export function claimedTurn(turn: number, directory: string, now: number): TurnSummary | undefined {
  try {
    if (readdirSync(directory).length > 0) return undefined;
    const isYoung = now - statSync(directory).mtimeMs < FIRST_EVENT_MS;
    return { ...unreadableTurn(turn, directory, ''), status: isYoung ? 'running' : 'crashed', error: isYoung ? null : 'the run ended before its first event' };
  } catch {
    return undefined;
  }
}

export const CRASHED = 'the process ended without finishing its log';

/** How a turn without an end stands: that depends on whether somebody still writes it. */
function standing(directory: string, started: string | null, header: LogHeader | undefined, last: RunEvent | undefined, now: number): Pick<TurnSummary, 'status' | 'error' | 'duration_seconds'> {
  const active = (last?.t ?? 0) / 1000;
  if (!isAlive(directory, header, now)) return { status: 'crashed', error: CRASHED, duration_seconds: active };
  const begun = started === null ? now : Date.parse(started);
  return { status: 'running', error: null, duration_seconds: Math.max(active, (now - begun) / 1000) };
}

function summarise(turn: number, directory: string, ends: FileEnds, now: number, file: string): FoundTurn {
  const { question, agents, started_at, session_id } = begunOf(ends.second);
  const { last, end, final } = tailOf(ends);
  const base = { turn, directory, source: 'events' as const, question, agents, winner: winnerOf(final), started_at, session_id };
  const answer = (): string => answerOf(final);
  if (end === undefined) {
    const header = ends.first === undefined ? undefined : readHeader(ends.first, file);
    return { summary: { ...base, ...standing(directory, started_at, header, last, now), cost: null }, answer, ...(header === undefined ? {} : { header }) };
  }
  return { summary: { ...base, status: end.status, error: end.error?.message ?? null, duration_seconds: end.durationMs / 1000, cost: end.costMicros === null ? null : end.costMicros / 1e6 }, answer, marks: [ends.mtimeMs, ends.size] };
}

/** Whether a file is our event log, as far as it goes: an empty one is a run's that is only beginning, unless there are files that follow from it. */
function isOurs(ends: FileEnds, directory: string, file: string): boolean {
  if (ends.size === 0) return foreignPlace(directory) === undefined;
  if (ends.first === undefined) return ends.begins(HEADER_START);
  return looksLikeHeader(ends.first) || readHeader(ends.first, file) !== undefined;
}

/**
 * A turn's summary from the two ends of its events.jsonl. Undefined when there is no such file, or it is not ours.
 * Throws `log-refused` for a version that is not known, and what else the file system throws.
 */
export function summariseEvents(turn: number, directory: string, now: number): FoundTurn | undefined {
  const file = `${directory}${path.sep}events.jsonl`;
  try {
    return withFileEnds(file, (ends) => (isOurs(ends, directory, file) ? summarise(turn, directory, ends, now, file) : undefined));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}
