import express, { type Express } from 'express';
import { chatDialect } from './chat/chat-dialect.js';
import type { ServerDeps } from './deps.js';
import { authenticate } from './http/auth.js';
import { docsRoutes } from './http/docs.js';
import { nothingHere, onlyMethods, sendErrors } from './http/errors.js';
import { jsonBody } from './http/json-body.js';
import { observe } from './http/observe.js';
import { limitRate } from './http/rate-limit.js';
import { requestId } from './http/request-id.js';
import { crossOrigin, securityHeaders } from './http/security.js';
import { modelRoutes } from './routes-models.js';
import { sessionRoutes } from './routes-sessions.js';
import { serveRun } from './runs/serve-run.js';

/** The server as an Express app, which may be mounted in another. It does not listen. */
export function createApp(deps: ServerDeps): Express {
  const { settings } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(requestId, observe(deps), securityHeaders());
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
  if (settings.docsFolder !== undefined) app.use(docsRoutes(settings.docsFolder, deps.version));

  const enter = authenticate(deps.keys);
  app.get('/metrics', enter, async (_request, response) => {
    const { contentType, body } = await deps.metrics.text();
    response.setHeader('content-type', contentType);
    response.end(body);
  });
  app.use('/v1', enter);
  if (settings.rateLimit !== undefined) app.use('/v1', limitRate(settings.rateLimit));
  app.use('/v1', modelRoutes(deps), sessionRoutes(deps));
  app.post('/v1/chat/completions', jsonBody(settings.bodyLimitBytes), (request, response) => serveRun(request, response, deps, chatDialect));
  app.all('/v1/chat/completions', onlyMethods('POST'));
  app.use(nothingHere, sendErrors(deps));
  return app;
}
