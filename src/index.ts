import { openRun, type RunOptions } from './compose/open-run.js';
import { MassgenError } from './errors.js';
import { EMPTY, fold, toResult, type RunEvent, type RunResult } from './orchestrator/index.js';

export { openRun, type OpenRun, type RunOptions, type StartedRun, type StartOptions } from './compose/open-run.js';
export { createServer, type MassgenServer, type ServeOptions } from './compose/serve/create-server.js';
export { continueSession, type ContinuedSession, type ContinueOptions, type SessionConfig, type SessionPlace } from './compose/sessions.js';
export { ERRORS, MassgenError, type ErrorCode, type ErrorData } from './errors.js';
export { fold, toResult } from './orchestrator/index.js';
export type { AnswerRecord, DisplayEvent, Fact, HistoryMessage, RunControl, RunEvent, RunPlace, RunRequest, RunResult, RunState, RunStatus, VoteResults } from './orchestrator/index.js';

function promptOf(prompt: string | undefined): string {
  if (prompt !== undefined) return prompt;
  throw new MassgenError('usage-invalid', 'there is no prompt; give one, or set `prompt:` in the configuration');
}

/**
 * Runs a team and yields its events: plain JSON, numbered by `seq`, each in the session log before it is yielded, `run-end` last.
 * Leaving the loop stops every call. Throws a MassgenError before the first event when the options or the configuration cannot work;
 * whatever fails later is in the events.
 */
export async function* stream(options: RunOptions): AsyncGenerator<RunEvent, void, undefined> {
  const open = await openRun(options);
  yield* open.start(promptOf(open.prompt)).events;
}

/** Runs a team to its end. Resolves also when no agent answered: see `status` and `error`. Throws as `stream` does. */
export async function run(options: RunOptions): Promise<RunResult> {
  const open = await openRun(options);
  const { events, place } = open.start(promptOf(open.prompt));
  let state = EMPTY;
  for await (const event of events) state = fold(state, event);
  return toResult(state, place);
}
