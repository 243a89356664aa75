import { Router, type Request, type Response } from 'express';
import { MassgenError } from '../errors.js';
import type { ServerDeps } from './deps.js';
import { followSession } from './follow-session.js';
import { callerOf } from './http/auth.js';
import { onlyMethods } from './http/errors.js';
import { responseSink } from './http/reply-sink.js';
import { sendStreamHead } from './http/sse.js';
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
    const session = find(request, response);
    if (request.method === 'HEAD') sendStreamHead(response);
    else await followSession(session, responseSink(response), deps, request.get('last-event-id'));
  });
  router.all(['/sessions', '/sessions/:id/events'], onlyMethods('GET'));
  router.all('/sessions/:id', onlyMethods('GET', 'DELETE'));
  return router;
}
