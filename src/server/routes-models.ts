import { Router } from 'express';
import type { ServerDeps } from './deps.js';
import { callerOf } from './http/auth.js';
import { onlyMethods } from './http/errors.js';
import { isAnthropic } from './messages/message-envelope.js';
import { toModelInfo, toModelPage } from './messages/model-list.js';
import type { ModelEntry } from './models.js';

const toModel = ({ id, created, owned_by, description }: ModelEntry): object => ({ id, object: 'model', created, owned_by, ...(description === undefined ? {} : { description }) });

/** `/models` and `/models/{id}`, where an id may hold slashes, raw or encoded; in Anthropic's shape for its clients. */
export function modelRoutes({ models }: Pick<ServerDeps, 'models'>): Router {
  const router = Router();
  router.get('/models', async (request, response) => {
    const all = await models.list();
    response.json(isAnthropic(response) ? toModelPage(all, request.query) : { object: 'list', data: all.map(toModel) });
  });
  router.get('/models/*id', async (request, response) => {
    const parts: unknown = request.params.id;
    const id = Array.isArray(parts) ? parts.join('/') : String(parts);
    const entry = await models.find(id, callerOf(response));
    response.json(isAnthropic(response) ? toModelInfo(entry) : toModel(entry));
  });
  router.all(['/models', '/models/*id'], onlyMethods('GET'));
  return router;
}
