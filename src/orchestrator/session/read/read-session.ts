import { statSync } from 'node:fs';
import path from 'node:path';
import { MassgenError } from '../../../errors.js';
import type { RunEvent } from '../../protocol.js';
import type { FoundPlace } from './find-session.js';
import { followEvents, type FollowOptions } from './follow-events.js';
import { reportFiles } from './foreign/report-files.js';
import type { ProblemList } from './problem-list.js';
import { readEvents } from './read-events.js';
import { reportEvents } from './report-events.js';
import type { SessionReport, TurnReport, TurnSummary } from './report.js';
import { claimedTurn, unreadableTurn } from './summarise-events.js';
import { whyUnreadable } from './summarise-session.js';
import { turnDirectory, turnNumbers } from './turn-places.js';

/** Which of a session's turns: a number, the newest, or all. */
export type TurnChoice = number | 'newest' | 'all';

const refused = (message: string): MassgenError => new MassgenError('log-refused', message);

/** The turns of a session with their directories; a run that was written without turns is turn 1. Throws when the session cannot be read. */
function turnsOfSession(session: string): readonly { readonly turn: number; readonly directory: string }[] {
  try {
    const turns = turnNumbers(session).map((turn) => ({ turn, directory: turnDirectory(session, turn) }));
    return turns.length === 0 && statSync(session).isDirectory() ? [{ turn: 1, directory: session }] : turns;
  } catch (thrown) {
    throw refused(`${session}: ${whyUnreadable(thrown)}`);
  }
}

/** The directories of the turns that are wanted, ascending. Throws `usage-invalid` for a turn that is not there. */
export function chooseTurns({ id, directory, turn: named }: FoundPlace, choice: TurnChoice): readonly { readonly turn: number; readonly directory: string }[] {
  const turns = turnsOfSession(directory);
  const wanted = choice === 'newest' ? named : choice;
  if (wanted === 'all') return turns;
  if (wanted === undefined) return turns.slice(-1);
  const found = turns.filter(({ turn }) => turn === wanted);
  if (found.length > 0) return found;
  throw new MassgenError('usage-invalid', `${id} has no turn ${String(wanted)}; it has ${turns.length === 1 ? 'turn' : 'turns'} ${turns.map(({ turn }) => turn).join(', ')}`);
}

/** The events of a turn: as they are now, or with `follow` as they come. Throws, when first read, `log-refused` for what has no events that can be read. */
export async function* eventsOfTurn(directory: string, problems: ProblemList, follow?: FollowOptions): AsyncGenerator<readonly RunEvent[], void, undefined> {
  try {
    yield* follow === undefined ? readEvents(path.join(directory, 'events.jsonl'), problems) : followEvents(directory, problems, follow);
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
    throw refused(isMissing ? `${directory} has no events.jsonl; massgen logs show reads what else is there` : `${directory}: ${whyUnreadable(thrown)}`);
  }
}

const NO_TOKENS = { input_tokens: 0, output_tokens: 0, cached_input_tokens: 0, reasoning_tokens: 0 };

/** The report of a turn of which nothing is known but how it stands, and why. */
function bareReport(summary: TurnSummary): TurnReport {
  return {
    ...summary,
    ...{ written_by: null, attempts: 0, final_answer: null, vote_results: null, answers: [], votes: [], per_agent: [], rounds: [], outcomes: {}, timeline: [], tools: [], errors: [], missing: [] },
    totals: { ...NO_TOKENS, total_tokens: 0, cost: null },
    call_times: { calls: 0, total_seconds: 0, average_seconds: null, average_first_word_seconds: null, by_backend: {} },
    problems: summary.error === null ? [] : [{ line: null, message: summary.error }],
  };
}

/** Everything about one turn, from its events or else from the files beside them. Throws `log-refused` when there is nothing that can be read. */
export async function readTurn(turn: number, directory: string, now = Date.now()): Promise<TurnReport> {
  try {
    const report = (await reportEvents(turn, directory, now)) ?? (await reportFiles(turn, directory, now));
    if (report !== undefined) return report;
    const claimed = claimedTurn(turn, directory, now);
    if (claimed !== undefined) return bareReport(claimed);
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    throw refused(`${directory}: ${whyUnreadable(thrown)}`);
  }
  throw refused(`${directory} holds no event log of massgen and no other files of a run`);
}

/** A session's turns as reports. Throws as `chooseTurns` and `readTurn` do. */
export async function readSession(place: FoundPlace, choice: TurnChoice = 'newest'): Promise<SessionReport> {
  const chosen = chooseTurns(place, choice);
  const turns: TurnReport[] = [];
  for (const { turn, directory } of chosen) {
    const report = readTurn(turn, directory);
    // One bad turn among several does not hide the others.
    turns.push(await (choice === 'all' && chosen.length > 1 ? report.catch((thrown: unknown) => bareReport(unreadableTurn(turn, directory, whyUnreadable(thrown)))) : report));
  }
  return { id: place.id, directory: place.directory, turn_count: turnsOfSession(place.directory).length, turns };
}
