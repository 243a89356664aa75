import { existsSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../errors.js';
import type { Places } from '../orchestrator/config/places.js';
import type { HistoryMessage, SessionSummary } from '../orchestrator/index.js';
import { findByRunId, findSession } from '../orchestrator/session/read/find-session.js';
import { sessionNames } from '../orchestrator/session/read/list-sessions.js';
import { sessionConfig, type SessionConfig } from './sessions-config.js';
import { readConversation, type PastConversation } from './sessions-history.js';
import { readPythonSession } from './sessions-python.js';

export type { SessionConfig } from './sessions-config.js';

/** The session that a run belongs to. */
export interface SessionPlace {
  /** The id that its runs report. */
  readonly id: string;
  /** Its directory; a new one is made without it. */
  readonly directory?: string;
  /** The turn to begin; the next free number when another run has taken it. */
  readonly turn?: number;
  /** What every agent is told of the turns before. */
  readonly history?: readonly HistoryMessage[];
}

/** A session as it stood when it was read: all that its next turn needs. */
export interface ContinuedSession extends SessionPlace {
  readonly turn: number;
  readonly history: readonly HistoryMessage[];
  /** The question at its end, where calls of the caller's tools are its only answer so far. */
  readonly open?: string;
  /** The team of its newest turn; undefined when no turn says it. */
  readonly config: SessionConfig | undefined;
  /** What a person should know: where it goes on, and which turns did not end well. */
  readonly remarks: readonly string[];
}

export interface ContinueOptions extends Partial<Places> {
  /** Only a whole id that a run reported: no path, no name, no part of one, not `latest`. For ids that strangers send. */
  readonly exact?: boolean;
  /** The caller brings a configuration of its own, so the session's is not looked for. */
  readonly withoutConfig?: boolean;
}

const count = (turns: number): string => `${String(turns)} earlier ${turns === 1 ? 'turn' : 'turns'}`;

/** What turns after the first report; directories of other programs report their name. */
const idOf = ({ id, turns }: SessionSummary): string => turns.find(({ session_id, source }) => source === 'events' && session_id !== null)?.session_id ?? id;

async function toContinued(directory: string, { summary, history, open, turns, remarks }: PastConversation, options: ContinueOptions): Promise<ContinuedSession> {
  const config = options.withoutConfig === true ? undefined : await sessionConfig(summary.id, summary.turns, options);
  const last = summary.turns.at(-1)?.turn ?? 0;
  return { id: idOf(summary), directory, turn: last + 1, history, ...(open === null ? {} : { open }), config, remarks: [`continues ${summary.id} after ${count(turns)}`, ...remarks, ...(config?.remark === undefined ? [] : [config.remark])] };
}

async function continueIn(directory: string, options: ContinueOptions): Promise<ContinuedSession> {
  const conversation = await readConversation(directory);
  if (conversation !== undefined && conversation.turns > 0) return toContinued(directory, conversation, options);
  const python = readPythonSession(directory);
  if (python !== undefined) return { ...python, config: undefined, remarks: [`continues ${python.id} of MassGen in Python after ${count(python.turn - 1)}, in a directory of its own`] };
  const isSession = conversation?.summary.turns.some(({ source }) => source !== 'nothing') === true;
  throw new MassgenError('usage-invalid', isSession ? `there is nothing to continue in ${directory}: ${conversation.remarks.join('; ')}` : `${directory} holds no session`);
}

/** The newest session that has something to continue: one whose first turn still runs has not. */
async function continueLatest(root: string, options: ContinueOptions): Promise<ContinuedSession> {
  for (const name of await sessionNames(root)) {
    const directory = path.join(root, name);
    const conversation = await readConversation(directory);
    if (conversation !== undefined && conversation.turns > 0) return toContinued(directory, conversation, options);
  }
  throw new MassgenError('usage-invalid', `there is no session to continue in ${root}; begin one by asking without --continue`);
}

/** MassGen in Python keeps its conversations beside the logs. */
const pythonPlace = (root: string, id: string): string => path.join(path.dirname(root), 'sessions', id);

const ATTEMPT = /^attempt_\d+$/u;

/** A session's directory also for the path of an attempt in it. */
function directoryOf(given: string, cwd: string): string {
  const resolved = path.resolve(cwd, given);
  return ATTEMPT.test(path.basename(resolved)) ? path.dirname(resolved) : resolved;
}

/**
 * Reads a session for its next turn: `latest`, the id that a run reported, the name of a directory or any part that is unique, or a
 * path of a session, a turn or an attempt; directories of the Python MassGen too. The directory is the only registry: nothing is
 * written, and a turn is claimed when it starts. Throws `usage-invalid`, with the nearest names, for a session that is not there.
 */
export async function continueSession(logRoot: string, id: string, options: ContinueOptions = {}): Promise<ContinuedSession> {
  if (options.exact === true) {
    const found = await findByRunId(logRoot, id);
    if (found === undefined) throw new MassgenError('usage-invalid', 'there is no such session');
    return continueIn(found.directory, options);
  }
  if (id === 'latest') return continueLatest(logRoot, options);
  if (/[/\\]|^\.{1,2}$/u.test(id)) return continueIn((await findSession(logRoot, directoryOf(id, options.cwd ?? process.cwd()))).directory, options);
  try {
    return await continueIn((await findSession(logRoot, id)).directory, options);
  } catch (thrown) {
    const python = pythonPlace(logRoot, id);
    if (id !== '' && existsSync(python)) return continueIn(python, options);
    throw thrown;
  }
}
