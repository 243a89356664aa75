import { statSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import { nearest } from '../../config/nearest.js';
import { listSessions, sessionNames } from './list-sessions.js';
import { turnOf } from './turn-places.js';

/** A session, and the turn that was named with it. */
export interface FoundPlace {
  readonly id: string;
  readonly directory: string;
  readonly turn?: number;
}

const unknown = (message: string): MassgenError => new MassgenError('usage-invalid', message);
const isDirectory = (directory: string): boolean => {
  try {
    return statSync(directory).isDirectory();
  } catch {
    return false;
  }
};

function fromPath(directory: string): FoundPlace {
  const resolved = path.resolve(directory);
  if (!isDirectory(resolved)) throw unknown(`there is no directory ${directory}`);
  const turn = turnOf(resolved);
  const session = turn === undefined ? resolved : path.dirname(resolved);
  return { id: path.basename(session), directory: session, ...(turn === undefined ? {} : { turn }) };
}

const SHOWN = 3;
const RUN_ID = /^[\w.:-]{1,128}$/u;

/** The session one of whose runs reported this id; what can be no id is not looked for. Throws what the file system throws. */
export async function findByRunId(root: string, wanted: string): Promise<FoundPlace | undefined> {
  if (!RUN_ID.test(wanted)) return undefined;
  for await (const { id, directory, turns } of listSessions(root, {}, { withCosts: false })) if (turns.some(({ session_id }) => session_id === wanted)) return { id, directory };
  return undefined;
}

function newestOf(root: string, names: readonly string[]): FoundPlace {
  const name = names.find((each) => isDirectory(path.join(root, each)));
  if (name !== undefined) return { id: name, directory: path.join(root, name) };
  if (turnOf(root) !== undefined || isDirectory(path.join(root, 'turn_1'))) return fromPath(root);
  throw unknown(`there is no session in ${root}`);
}

/** Names that are close as a whole, or in the time of day that lists show. */
function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  if (nearest(wanted, ['latest']).length > 0) return ['latest'];
  const [whole] = nearest(wanted, names);
  if (whole !== undefined) return nearest(wanted, names, SHOWN);
  const byTime = new Map(names.map((name) => [name.slice('log_YYYYMMDD_'.length), name]));
  const byHour = new Map(names.map((name) => [name.slice('log_YYYYMMDD_'.length, 'log_YYYYMMDD_HHMMSS'.length), name]));
  return [byTime, byHour].flatMap((table) => nearest(wanted, [...table.keys()], SHOWN).flatMap((key) => table.get(key) ?? [])).slice(0, SHOWN);
}

/**
 * The session that a person means: `latest`, a name, any part of one that is unique, the id that a run reports, or a path of a
 * session or a turn. Throws `usage-invalid`, with the nearest names, when there is none or more than one.
 */
export async function findSession(root: string, wanted: string): Promise<FoundPlace> {
  if (wanted.includes('/') || wanted.includes(path.sep) || wanted === '.' || wanted === '..') return fromPath(wanted);
  const names = await sessionNames(root);
  const place = (name: string): FoundPlace => ({ id: name, directory: path.join(root, name) });
  if (wanted === 'latest') return newestOf(root, names);
  if (names.includes(wanted)) return place(wanted);
  const close = wanted === '' ? [] : names.filter((name) => name.slice('log_'.length).includes(wanted) || name.startsWith(wanted));
  const [only] = close;
  if (only !== undefined && close.length === 1) return place(only);
  const byId = await findByRunId(root, wanted);
  if (byId !== undefined) return byId;
  if (close.length > 1) throw unknown(`${String(close.length)} sessions have "${wanted}" in their name (${close.slice(0, SHOWN).join(', ')}${close.length > SHOWN ? ', …' : ''}); give more of it`);
  const guesses = nearestNames(wanted, names);
  throw unknown(`there is no session "${wanted}" in ${root}; ${guesses.length > 0 ? `did you mean ${guesses.join(' or ')}?` : 'massgen logs lists them'}`);
}
