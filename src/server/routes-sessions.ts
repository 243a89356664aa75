import { Router, type Request, type Response } from 'express';
import { MassgenError } from '../errors.js';
import type { StopSignal } from '../orchestrator/index.js';
import type { ServerDeps } from './deps.js';
import { callerOf } from './http/auth.js';
import { onlyMethods } from './http/errors.js';
import { responseSink } from './http/reply-sink.js';
import { createSse } from './http/sse.js';
import type { ServedSession } from './runs/sessions.js';

const toSession = ({ id, model, created, status, turn, ended, place }: ServedSession): object => ({ id, object: 'session', model, created, status, turn, ended, log_directory: place?.logDirectory ?? null });

/** The sessions of whoever calls: of its key, or without keys of this machine's users. */
export function sessionRoutes(deps: ServerDeps): Router {
  const ownerOf = (response: Response): string => {
    const { owner } = callerOf(response);
    if (owner === 'anonymous') throw new MassgenError('session-missing', 'sessions are shown to callers with a key, and without keys to this machine only');
    return owner;
  };
  const find = (request: Request, response: Response): ServedSession => {
    const id = String(request.params['id']);
    const session = deps.sessions.find(id, ownerOf(response));
    if (session === undefined) throw new MassgenError('session-missing', `there is no session ${id.slice(0, 100)} of yours`);
    return session;
  };
  const router = Router();
  router.get('/sessions', (_request, response) => {
    response.json({ object: 'list', data: deps.sessions.list(ownerOf(response)).map(toSession) });
  });
  router.get('/sessions/:id', (request, response) => {
    response.json(toSession(find(request, response)));
  });
  router.delete('/sessions/:id', (request, response) => {
    const session = find(request, response);
    response.json({ ...toSession(session), cancelled: deps.sessions.cancel(session.id, 'its owner cancelled it') });
  });
  router.get('/sessions/:id/events', async (request, response) => {
    await streamEvents(find(request, response), request, response, deps);
  });
  router.all(['/sessions', '/sessions/:id/events'], onlyMethods('GET'));
  router.all('/sessions/:id', onlyMethods('GET', 'DELETE'));
  return router;
}

const POLL_MS = 50;

/** Until a queued session has its place in the log. */
async function placeOf(session: ServedSession, signal: StopSignal): Promise<string | null> {
  while (session.place === null && session.ended === null && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return session.place?.logDirectory ?? null;
}

/** The session's events as server-sent events, those of the past first; `Last-Event-ID` says where to go on. */
async function streamEvents(session: ServedSession, request: Request, response: Response, deps: ServerDeps): Promise<void> {
  const sink = responseSink(response);
  const sse = createSse(sink, { heartbeatMs: deps.settings.heartbeatMs });
  const since = Number(request.get('last-event-id') ?? 0);
  sse.comment(`session ${session.id}`);
  const directory = await placeOf(session, sink.gone);
  if (directory === null) {
    sse.end(': this session has no log\n\n');
    return;
  }
  for await (const events of deps.follow(directory, session.turn, sink.gone)) {
    sse.write(events.filter(({ seq }) => !(seq <= since)).map((event) => `id: ${String(event.seq)}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
    const behind = sink.behind();
    if (behind !== undefined) await behind;
  }
  sse.end();
}
