import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { ServerSettings } from '../deps.js';

/** What helmet says is the same in every response: it is asked once. */
function headersOf(middleware: ReturnType<typeof helmet>): readonly (readonly [string, string])[] {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  middleware(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Headers that keep browsers from doing what an API never wants. The documentation pages may load what they come with. */
export function securityHeaders(): RequestHandler {
  const headers = headersOf(helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        connectSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
      },
    },
    // Who speaks HTTPS to the world is the proxy in front; browsers must be free to come over HTTP to a local server.
    strictTransportSecurity: false,
    crossOriginResourcePolicy: false,
  }));
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

const EXPOSED = ['x-request-id', 'request-id', 'x-massgen-session', 'retry-after', 'x-should-retry', 'ratelimit-limit', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'idempotency-replayed'];

/** Which web pages may call: none unless asked. Never with cookies. */
export function crossOrigin({ cors: allowed }: Pick<ServerSettings, 'cors'>): RequestHandler | undefined {
  if (allowed === false || (typeof allowed !== 'boolean' && allowed.length === 0)) return undefined;
  const any = allowed === true || allowed.includes('*');
  return cors({ origin: any ? '*' : [...allowed], methods: ['GET', 'POST', 'DELETE'], exposedHeaders: EXPOSED, maxAge: 600, optionsSuccessStatus: 204 });
}
