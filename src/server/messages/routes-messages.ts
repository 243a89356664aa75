import { Router } from 'express';
import type { ServerDeps } from '../deps.js';
import { validateCountTokens } from '../generated/validate.js';
import { callerOf } from '../http/auth.js';
import { checkBody, type BodyValidator } from '../http/check-body.js';
import { onlyMethods } from '../http/errors.js';
import { jsonBody } from '../http/json-body.js';
import { serveRun } from '../runs/serve-run.js';
import { countTokens } from './count-tokens.js';
import { createMessagesDialect } from './messages-dialect.js';
import type { CountTokensBody } from './messages-types.js';
import { readPrompt } from './read-request.js';

/** `/messages` and `/messages/count_tokens`. */
export function messagesRoutes(deps: ServerDeps): Router {
  const router = Router();
  const json = jsonBody(deps.settings.bodyLimitBytes);
  router.post('/messages', json, (request, response) => serveRun(request, response, deps, createMessagesDialect()));
  router.post('/messages/count_tokens', json, async (request, response) => {
    const { asked } = readPrompt(checkBody(request.body, validateCountTokens as BodyValidator) as unknown as CountTokensBody);
    await deps.models.open(asked.model, callerOf(response));
    response.json({ input_tokens: countTokens(asked) });
  });
  router.all(['/messages', '/messages/count_tokens'], onlyMethods('POST'));
  return router;
}
