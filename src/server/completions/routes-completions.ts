import { Router } from 'express';
import type { ServerDeps } from '../deps.js';
import { onlyMethods } from '../http/errors.js';
import { jsonBody } from '../http/json-body.js';
import { serveRun } from '../runs/serve-run.js';
import { completionDialect } from './completion-dialect.js';

export function completionRoutes(deps: ServerDeps): Router {
  const router = Router();
  router.post('/completions', jsonBody(deps.settings.bodyLimitBytes), (request, response) => serveRun(request, response, deps, completionDialect()));
  router.all('/completions', onlyMethods('POST'));
  return router;
}
