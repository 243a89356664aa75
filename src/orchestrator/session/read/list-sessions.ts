import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { openListIndex, type ListIndex } from './list-index.js';
import type { SessionSummary, TurnStatus } from './report.js';
import { isSessionName } from './turn-places.js';
import { summariseSession, toSession, withOpenCosts, type FoundSession } from './summarise-session.js';

/** Which sessions are wanted; what is left out does not matter. */
export interface SessionFilter {
  readonly status?: readonly TurnStatus[];
  /** Begun at this time (ms) or later. */
  readonly since?: number;
  /** Has an agent of this name. */
  readonly agent?: string;
  /** In a question or a final answer, upper and lower case alike. */
  readonly search?: string;
}

export interface ListOptions {
  /** Ms of wall time. */
  readonly now?: number;
  /** Folder of the index, default the user's cache. */
  readonly cache?: string;
  /** Default true; else turns without an end have no cost, and their logs are not read for it. */
  readonly withCosts?: boolean;
}

/** How many sessions are read before others get a chance to run. */
const AT_ONCE = 64;

const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** The names of all sessions below a log root, newest first, what has no time in its name (somebody's log_backup) last; none when there is no such directory. Throws what else the file system throws. */
export async function sessionNames(root: string): Promise<readonly string[]> {
  try {
    const names = await readdir(root);
    const newest = names.filter((name) => name.startsWith('log_')).sort().reverse();
    const strange = newest.filter((name) => !isSessionName(name));
    return strange.length === 0 ? newest : [...newest.filter(isSessionName), ...strange];
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}

function matches({ summary, answers }: FoundSession, { status, since, agent, search }: SessionFilter): boolean {
  const { turns, started_at: started } = summary;
  if (status !== undefined && !status.includes(summary.status)) return false;
  if (since !== undefined && !(started !== null && Date.parse(started) >= since)) return false;
  if (agent !== undefined && !turns.some(({ agents }) => agents.includes(agent))) return false;
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  const holds = (text: string): boolean => text.toLowerCase().includes(wanted);
  return turns.some(({ question }) => holds(question ?? '')) || answers.some((answer) => holds(answer()));
}

/** A list of fewer sessions is read faster than the index. */
const MANY = 100;

/**
 * Reads sessions, or takes them from the index where nothing has changed. Who searches needs final answers, which it does not hold.
 * The index is only opened when the list gets long, and only written when the list was read to its end.
 */
function createReader(root: string, withAnswers: boolean, now: number, cache?: string): { readonly read: (name: string) => Promise<FoundSession | undefined> | FoundSession; readonly end: () => void } {
  let count = 0;
  let index: ListIndex | undefined;
  const early: FoundSession[] = [];
  const readAnew = async (name: string, directory: string): Promise<FoundSession | undefined> => {
    const found = await summariseSession(name, directory, now);
    if (withAnswers || found === undefined) return found;
    if (index === undefined) early.push(found);
    else index.put(found);
    return found;
  };
  const read = (name: string): Promise<FoundSession | undefined> | FoundSession => {
    const directory = `${root}${path.sep}${name}`;
    count += 1;
    if (count > MANY && !withAnswers && index === undefined) {
      index = openListIndex(root, cache);
      for (const found of early.splice(0)) index.put(found);
    }
    const turns = index?.get(name);
    return turns === undefined ? readAnew(name, directory) : { summary: toSession(name, directory, turns), answers: [] };
  };
  return { read, end: () => index?.save() };
}

/** The sessions below a log root, newest first, one at a time: reading stops when the reader does. Names that are no directories are passed over. */
export async function* listSessions(root: string, filter: SessionFilter = {}, { now = Date.now(), cache, withCosts = true }: ListOptions = {}): AsyncGenerator<SessionSummary, void, undefined> {
  const reader = createReader(path.resolve(root), filter.search !== undefined, now, cache);
  let read = 0;
  for (const name of await sessionNames(root)) {
    const reading = reader.read(name);
    // Awaiting what is there already would cost more than reading it.
    const found = reading instanceof Promise ? await reading : reading;
    if (found !== undefined && matches(found, filter)) yield withCosts ? await withOpenCosts(found.summary, now) : found.summary;
    read += 1;
    if (read % AT_ONCE === 0) await breathe();
  }
  reader.end();
}
