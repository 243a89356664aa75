import { Router, type Request, type Response } from 'express';
import { MassgenError } from '../../errors.js';
import type { ServerDeps } from '../deps.js';
import { callerOf } from '../http/auth.js';
import { onlyMethods } from '../http/errors.js';
import { jsonBody } from '../http/json-body.js';
import { responseSink } from '../http/reply-sink.js';
import { sendStreamHead } from '../http/sse.js';
import { createResponse } from './create-response.js';
import { followResponse } from './follow-response.js';
import { listInputItems } from './list-input-items.js';
import type { ResponseJob } from './response-job.js';
import type { ResponseRecord } from './response-record.js';
import { resourceOf } from './response-stream.js';
import { isJob } from './responses.js';

/** How long a run that is cancelled may take to end before its state is told. */
const CANCEL_MS = 10_000;

const idOf = (request: Request): string => String(request.params['id']);
const missing = (id: string): MassgenError => new MassgenError('response-missing', `Response with id '${id.slice(0, 100)}' not found.`);

/** The number after which a stream is to go on; -1 is from its beginning. */
function startingAfter({ query }: Request): number {
  const given = query['starting_after'];
  if (given === undefined) return -1;
  if (typeof given !== 'string' || !/^\d{1,15}$/u.test(given)) throw new MassgenError('request-invalid', 'starting_after must be a whole number, the sequence_number of the last event you have', { param: 'starting_after', reason: 'invalid_value' });
  return Number(given);
}

async function retrieve(found: ResponseJob | ResponseRecord, request: Request, response: Response, deps: ServerDeps): Promise<void> {
  if (request.query['stream'] === 'true') {
    const after = startingAfter(request);
    if (request.method === 'HEAD') sendStreamHead(response);
    else await followResponse(found, responseSink(response), deps, after);
    return;
  }
  response.json(isJob(found) ? resourceOf(found.record(), found.isQueued()) : resourceOf(found));
}

async function cancel(found: ResponseJob | ResponseRecord, response: Response): Promise<void> {
  const { background } = isJob(found) ? found.record() : found;
  if (!background) throw new MassgenError('request-invalid', 'Cannot cancel a synchronous response.', { reason: 'invalid_request' });
  if (isJob(found)) {
    found.cancel();
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), CANCEL_MS);
    await Promise.race([found.finished, new Promise<void>((resolve) => patience.signal.addEventListener('abort', () => resolve(), { once: true }))]);
    clearTimeout(timer);
  }
  response.json(resourceOf(isJob(found) ? found.record() : found));
}

/** `/responses` and what is below it: of whoever calls, everybody else's are not there. */
export function responseRoutes(deps: ServerDeps): Router {
  const router = Router();
  const find = async (request: Request, response: Response): Promise<ResponseJob | ResponseRecord> => {
    const id = idOf(request);
    const found = await deps.responses.find(callerOf(response).owner, id);
    if (found === undefined) throw missing(id);
    return found;
  };
  router.post('/responses', jsonBody(deps.settings.bodyLimitBytes), (request, response) => createResponse(request, response, deps));
  router.get('/responses/:id', async (request, response) => {
    await retrieve(await find(request, response), request, response, deps);
  });
  router.delete('/responses/:id', async (request, response) => {
    const id = idOf(request);
    if (!(await deps.responses.remove(callerOf(response).owner, id))) throw missing(id);
    response.json({ id, object: 'response', deleted: true });
  });
  router.post('/responses/:id/cancel', async (request, response) => {
    await cancel(await find(request, response), response);
  });
  router.get('/responses/:id/input_items', async (request, response) => {
    const found = await find(request, response);
    response.json(listInputItems((isJob(found) ? found.record() : found).input, request.query));
  });
  router.all('/responses', onlyMethods('POST'));
  router.all('/responses/:id', onlyMethods('GET', 'DELETE'));
  router.all('/responses/:id/cancel', onlyMethods('POST'));
  router.all('/responses/:id/input_items', onlyMethods('GET'));
  return router;
}
