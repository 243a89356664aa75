import type { Request, Response } from 'express';
import { MassgenError, toErrorData, type ErrorData } from '../../errors.js';
import type { RunEvent, RunStatus, StopController } from '../../orchestrator/index.js';
import type { ServerDeps } from '../deps.js';
import { errorHeaders, isPrivate } from '../http/envelope.js';
import { createSse, type SseWriter } from '../http/sse.js';
import type { ServedRun } from '../models.js';
import type { Dialect, ReplyStream } from './dialect.js';
import { createRunFold } from './fold-run.js';
import type { ServeEvent, ServedReply, ServedToolCall } from './serve-event.js';
import { openVisit, type Visit } from './visit.js';

/** Characters that one request may be told. Replies that are not streamed are held until they are whole. */
const REPLY_LIMIT = 32 * 1024 * 1024;

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

function plainReply(events: readonly ServeEvent[], done: Extract<ServeEvent, { type: 'done' }>): ServedReply {
  const text = (type: 'content' | 'reasoning'): string => events.flatMap((event) => (event.type === type ? [event.text] : [])).join('');
  const calls = (whose: 'agent' | 'caller'): readonly ServedToolCall[] => events.flatMap((event) => (event.type === 'tool-call' && event.whose === whose ? [event.call] : []));
  return { content: text('content'), reasoning: text('reasoning'), sources: events.flatMap((event) => (event.type === 'citation' ? [event.source] : [])), toolCalls: calls('caller'), agentToolCalls: calls('agent'), finish: done.finish, result: done.result, delivered: done.delivered };
}

/** Why a run ended that somebody stopped. */
function whyStopped(error: ErrorData, { stop, deps }: Visit): ErrorData {
  if (error.code !== 'run-cancelled' || !stop.signal.aborted) return error;
  if (deps.isDraining()) return { code: 'server-closing', message: 'the server was shut down before the answer was there', retryAfterMs: 10_000 };
  return { code: 'run-cancelled', message: `the session was cancelled (${String(stop.signal.reason)})` };
}

type Ending = Extract<ServeEvent, { type: 'done' | 'failed' }>;

type Tell = (event: Exclude<ServeEvent, Ending>) => void;

/** Tells as much as one request may be told; then the run has failed. */
function withinLimit({ stop }: Visit, tell: Tell): Tell {
  let told = 0;
  return (event) => {
    if (event.type === 'content' || event.type === 'reasoning') told += event.text.length;
    if (told > REPLY_LIMIT) {
      const error = new MassgenError('reply-too-large', `the reply has more than ${String(REPLY_LIMIT / 1024 / 1024)} million characters`);
      stop.abort(error);
      throw error;
    }
    tell(event);
  };
}

/** Resolves when the client has taken what was written, or the run is to end: who does not read does not keep it. */
const untilTaken = (behind: Promise<void>, { signal }: StopController): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      signal.removeEventListener('abort', over);
      resolve();
    };
    signal.addEventListener('abort', over);
    void behind.then(over);
  });

const ofSession = ({ session }: Visit, message: string): string => `session ${session.id}: ${message}`;

/** What an event says of its session, beside what it says to the caller, and to whoever runs the server: of a warning no caller need know. */
function note(visit: Visit, event: RunEvent): void {
  if (event.type === 'run-end') visit.session.status = event.status;
  else if (event.type === 'notice' && event.level === 'warning') visit.deps.report({ message: ofSession(visit, event.message) });
}

function noteLog(visit: Visit, warning: string | undefined): void {
  if (warning !== undefined) visit.deps.report({ code: 'log-refused', message: ofSession(visit, warning) });
}

/** Reads the run to its end. `tell` gets every event but the last; it may hold the run back. */
async function follow(visit: Visit, run: ServedRun, live: boolean, tell: Tell): Promise<Ending> {
  const { deps, asked, sink } = visit;
  const take = createRunFold({
    place: run.place,
    level: asked.reasoning ?? deps.settings.reasoning,
    agentTools: deps.settings.exposeAgentTools === 'always' || (asked.stream && deps.settings.exposeAgentTools === 'stream'),
    notes: asked.notes,
    live,
  });
  let ending: Ending | undefined;
  for await (const event of run.events) {
    note(visit, event);
    for (const said of take(event)) {
      if (said.type === 'done' || said.type === 'failed') ending = said;
      else tell(said);
    }
    // What was sent cannot stand: the run is not to go on, and has failed for its log, too.
    if (ending?.type === 'failed' && event.type !== 'run-end') visit.stop.abort(new MassgenError(ending.error.code, ending.error.message));
    const behind = sink.behind();
    if (behind !== undefined && !visit.stop.signal.aborted) await untilTaken(behind, visit.stop);
  }
  noteLog(visit, run.logWarning?.());
  return ending ?? { type: 'failed', error: { code: 'internal', message: 'the run ended without a word' } };
}

function account({ deps, model, session }: Visit, ending: Ending, began: number): void {
  const usage = ending.type === 'done' ? ending.result.usage : { prompt_tokens: 0, completion_tokens: 0 };
  const status: RunStatus = session.status === 'queued' || session.status === 'running' ? 'failed' : session.status;
  session.status = status;
  session.ended = Math.floor(deps.now().getTime() / 1000);
  deps.metrics.runEnded(model.kind, status, (performance.now() - began) / 1000, usage);
}

/** Sends an error the way that is still open. */
function sendError({ deps, dialect, sink, discardReply, head }: Pick<Visit, 'deps' | 'dialect' | 'sink' | 'discardReply' | 'head'>, error: ErrorData, sse?: SseWriter, stream?: ReplyStream): void {
  discardReply();
  if (isPrivate(error)) deps.report(error);
  const { status, body } = dialect.fail(error, head);
  if (sse !== undefined && stream !== undefined && (sse.begun() || status < 400)) {
    sse.write(stream.fail(error));
    sse.end();
    return;
  }
  sse?.end();
  sink.begin(status, { 'x-massgen-session': head.session, ...JSON_HEADERS, ...errorHeaders(error) });
  sink.end(JSON.stringify(body));
}

async function admitted(visit: Visit, place: { readonly release: () => void }, sse: SseWriter | undefined, stream: ReplyStream | undefined): Promise<void> {
  const { deps, dialect, asked, model, session, head, sink, stop } = visit;
  const began = performance.now();
  session.status = 'running';
  let ending: Ending = { type: 'failed', error: { code: 'internal', message: 'the run did not begin' } };
  const said: ServeEvent[] = [];
  try {
    const run = await model.start({ prompt: asked.prompt, history: asked.history, request: asked.request, session: session.id, signal: stop.signal, ...(visit.continues === undefined ? {} : { continues: visit.continues }) });
    session.place = run.place;
    session.turn = run.turn;
    const live = asked.stream && asked.request.format === undefined;
    let first = true;
    ending = await follow(visit, run, live, withinLimit(visit, (event) => {
      if (sse === undefined || stream === undefined) {
        said.push(event);
        return;
      }
      sse.write(stream.event(event));
      if (first) deps.metrics.firstByte((performance.now() - visit.received) / 1000);
      first = false;
    }));
  } catch (thrown) {
    ending = { type: 'failed', error: toErrorData(thrown) };
  } finally {
    place.release();
    account(visit, ending, began);
  }
  if (sink.gone.aborted) {
    sse?.end();
    sink.end();
  } else if (ending.type === 'failed') sendError(visit, whyStopped(ending.error, visit), sse, stream);
  else if (sse !== undefined && stream !== undefined) {
    sse.write(stream.event(ending));
    sse.end();
  } else {
    sink.begin(200, { 'x-massgen-session': head.session, ...JSON_HEADERS });
    sink.end(JSON.stringify(dialect.reply(plainReply(said, ending), head)));
  }
}

/** Waits for a place, runs, and replies. */
export async function runVisit(visit: Visit): Promise<void> {
  const { deps, dialect, asked, head, session, sink, stop } = visit;
  const stream = asked.stream ? dialect.stream(head) : undefined;
  const sse = stream === undefined ? undefined : createSse(sink, { heartbeatMs: deps.settings.heartbeatMs, ...(stream.ping === undefined ? {} : { ping: stream.ping }), onBegin: () => stream.open(), headers: { 'x-massgen-session': head.session } });
  let release: (() => void) | undefined;
  try {
    release = await deps.queue.enter({ signal: stop.signal, onPosition: (position) => sse?.comment(`waiting, position ${String(position)}`) });
  } catch (thrown) {
    session.status = 'cancelled';
    session.ended = Math.floor(deps.now().getTime() / 1000);
    if (sink.gone.aborted) {
      sse?.end();
      sink.end();
    } else sendError(visit, toErrorData(thrown), sse, stream);
    return;
  }
  await admitted(visit, { release }, sse, stream);
}

/** The one path of every request that runs something: read, find the model, wait for a place, run, reply. */
export async function serveRun(request: Request, response: Response, deps: ServerDeps, dialect: Dialect): Promise<void> {
  const visit = await openVisit(request, response, deps, dialect);
  if (visit === undefined) return;
  try {
    await runVisit(visit);
  } catch (thrown) {
    visit.discardReply();
    throw thrown;
  }
}
