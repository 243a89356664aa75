import type { RequestHandler } from 'express';
import type { ServerDeps } from '../deps.js';
import { requestIdOf } from './request-id.js';

/** The route without what varies in it. */
function routeOf(path: string): string {
  if (path.startsWith('/v1/models/')) return '/v1/models/{id}';
  if (/^\/v1\/sessions\/[^/]+\/events$/u.test(path)) return '/v1/sessions/{id}/events';
  if (path.startsWith('/v1/sessions/')) return '/v1/sessions/{id}';
  const response = /^\/v1\/responses\/[^/]+(\/cancel|\/input_items)?$/u.exec(path);
  if (response !== null) return `/v1/responses/{id}${response[1] ?? ''}`;
  return /^\/(?:health|health\/ready|metrics|v1\/(?:models|chat\/completions|completions|sessions|responses|messages|messages\/count_tokens)|docs|redoc|openapi\.json)$/u.test(path) ? path : 'other';
}

/** Counts and times every request, and says it in a line. */
export function observe({ metrics, access }: Pick<ServerDeps, 'metrics' | 'access'>): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const { method } = request;
    const path = request.path;
    response.on('close', () => {
      const ms = performance.now() - began;
      // As nginx counts those who left.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.request(method, routeOf(path), status, ms / 1000);
      access({ method, path, status, ms, requestId: requestIdOf(response) });
    });
    next();
  };
}
