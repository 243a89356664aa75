import express, { Router, type Express } from 'express';
import { chatDialect } from './chat/chat-dialect.js';
import { completionRoutes } from './completions/routes-completions.js';
import type { ServerDeps } from './deps.js';
import { authenticate } from './http/auth.js';
import { docsRoutes } from './http/docs.js';
import { nothingHere, onlyMethods, sendErrors } from './http/errors.js';
import { jsonBody } from './http/json-body.js';
import { observe } from './http/observe.js';
import { requestId } from './http/request-id.js';
import { crossOrigin, securityHeaders } from './http/security.js';
import { unservedRoutes } from './http/unserved.js';
import { chooseEnvelope } from './messages/message-envelope.js';
import { messagesRoutes } from './messages/routes-messages.js';
import { modelRoutes } from './routes-models.js';
import { sessionRoutes } from './routes-sessions.js';
import { responseRoutes } from './responses/routes-responses.js';
import { serveRun } from './runs/serve-run.js';

function chatRoutes(deps: ServerDeps): Router {
  const router = Router();
  router.post('/chat/completions', jsonBody(deps.settings.bodyLimitBytes), (request, response) => serveRun(request, response, deps, chatDialect));
  router.all('/chat/completions', onlyMethods('POST'));
  return router;
}

/** The server as an Express app, which may be mounted in another. It does not listen. */
export function createApp(deps: ServerDeps): Express {
  const { settings } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(requestId, chooseEnvelope(deps.only === 'messages'), observe(deps), securityHeaders());
  const cors = crossOrigin(settings);
  if (cors !== undefined) app.use(cors);

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok', service: 'massgen', version: deps.version });
  });
  app.get('/health/ready', (_request, response) => {
    const ready = !deps.isDraining();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'draining', running: deps.queue.running(), waiting: deps.queue.waiting() });
  });
  app.all(['/health', '/health/ready'], onlyMethods('GET'));
  if (settings.docsFolder !== undefined) app.use(docsRoutes(settings.docsFolder, deps.version, deps.only));

  const enter = authenticate(deps.keys);
  app.get('/metrics', enter, async (_request, response) => {
    const { contentType, body } = await deps.metrics.text();
    response.setHeader('content-type', contentType);
    response.end(body);
  });
  app.all('/metrics', enter, onlyMethods('GET'));
  app.use('/v1', enter);
  if (deps.rateLimit !== undefined) app.use('/v1', deps.rateLimit);
  // What is asked most is looked for first.
  if (deps.only === undefined) app.use('/v1', chatRoutes(deps));
  app.use('/v1', modelRoutes(deps), sessionRoutes(deps), messagesRoutes(deps));
  if (deps.only === undefined) app.use('/v1', completionRoutes(deps), unservedRoutes(), responseRoutes(deps));
  app.use(nothingHere, sendErrors(deps));
  return app;
}
