import type { Request, Response } from 'express';
import { MassgenError } from '../../errors.js';
import { createStop, type StopController } from '../../orchestrator/index.js';
import type { ServerDeps } from '../deps.js';
import { callerOf, clientOf } from '../http/auth.js';
import { responseSink, type ReplySink } from '../http/reply-sink.js';
import { requestIdOf } from '../http/request-id.js';
import type { Caller, ServedModel } from '../models.js';
import type { Dialect, ReplyHead } from './dialect.js';
import type { ClaimedReply } from './idempotency.js';
import type { ServeRequest } from './serve-request.js';
import { newSessionId, ownsSession, type ServedSession } from './sessions.js';

/** One request on its way. */
export interface Visit {
  readonly deps: ServerDeps;
  readonly dialect: Dialect;
  readonly asked: ServeRequest;
  readonly model: ServedModel;
  readonly caller: Caller;
  readonly session: ServedSession;
  readonly head: ReplyHead;
  readonly sink: ReplySink;
  /** The run has failed, and its reply is not to be given again. */
  readonly discardReply: () => void;
  readonly stop: StopController;
  readonly received: number;
  /** The session whose next turn this is. */
  readonly continues?: string;
}

/** What a run is told that its caller can see nothing of; only what remains counts. */
function withoutImages(asked: ServeRequest, { sees }: ServedModel): ServeRequest {
  const { images } = asked.request;
  if (images === undefined || sees) return asked;
  const note = 'the image was left out: no model here can see';
  if (asked.prompt.trim() === '') throw new MassgenError('request-invalid', `nothing remains of the message: ${note}`, { param: 'messages', reason: 'image_unsupported' });
  const request = Object.fromEntries(Object.entries(asked.request).filter(([key]) => key !== 'images'));
  return { ...asked, request, notes: [...asked.notes, note] };
}

/** The session that a request says to go on with; only its owner may. */
function continuedSession(request: Request, { owner }: Caller): string | undefined {
  const id = request.get('x-massgen-session');
  if (id === undefined || id === '') return undefined;
  if (owner === 'anonymous' || !ownsSession(id, owner)) throw new MassgenError('session-missing', 'there is no such session of yours (x-massgen-session)');
  return id;
}

/** Of an `Idempotency-Key`, in characters. */
const KEY_LIMIT = 255;

const nothingKept = (): void => undefined;

/** Where the reply to a request is written; undefined for the twin of an earlier request, which gets that one's reply. Throws `request-invalid` for a key that is too long. */
export function claimReply(request: Request, response: Response, { idempotency }: Pick<ServerDeps, 'idempotency'>): ClaimedReply | undefined {
  const sink = responseSink(response);
  const key = request.get('idempotency-key');
  if (key === undefined || key === '') return { sink, discard: nothingKept };
  if (key.length > KEY_LIMIT) throw new MassgenError('request-invalid', `the Idempotency-Key has ${String(key.length)} characters; it may have ${String(KEY_LIMIT)}`);
  const { method, baseUrl, path } = request;
  const body: unknown = request.body;
  return idempotency.claim(clientOf(request, response), key, { method, path: `${baseUrl}${path}`, session: request.get('x-massgen-session') ?? '', body }, sink);
}

/** Apart, so that a session that is told of long after does not hold on to its request and reply. */
const cancelBy = (stop: StopController) => (reason: string): void => {
  stop.abort(reason);
};

/** Reads a request and opens its session. Undefined for the twin of an earlier one, which gets that one's reply. Throws what is wrong with it. `detached`: where the reply goes instead of to the client. */
export async function openVisit(request: Request, response: Response, deps: ServerDeps, dialect: Dialect, detached?: ClaimedReply): Promise<Visit | undefined> {
  const received = performance.now();
  if (deps.isDraining()) throw new MassgenError('server-closing', 'the server is shutting down', { retryAfterMs: 10_000 });
  const caller = callerOf(response);
  const body: unknown = request.body;
  const given = dialect.read(body);
  const model = await deps.models.open(given.model, caller);
  const asked = withoutImages(given, model);
  if (asked.request.format !== undefined) await deps.formChecker(asked.request.format);
  const continues = continuedSession(request, caller);
  const reply = detached ?? claimReply(request, response, deps);
  if (reply === undefined) return undefined;
  const { sink, discard } = reply;
  const stop = createStop();
  const leave = (): void => {
    stop.abort(sink.gone.reason);
  };
  if (sink.gone.aborted) leave();
  else sink.gone.addEventListener('abort', leave, { once: true });
  const now = deps.now();
  const session = deps.sessions.open({ owner: caller.owner, model: model.name, id: continues ?? newSessionId(caller.owner, now), cancel: cancelBy(stop) });
  const head: ReplyHead = {
    requestId: requestIdOf(response),
    session: session.id,
    model: model.kind === 'team' && given.model.startsWith('massgen') ? given.model : model.name,
    kind: model.kind,
    created: Math.floor(now.getTime() / 1000),
    request: asked,
    agentToolsInMessage: deps.settings.exposeAgentTools === 'always',
  };
  return { deps, dialect, asked, model, caller, session, head, sink, discardReply: discard, stop, received, ...(continues === undefined ? {} : { continues }) };
}
