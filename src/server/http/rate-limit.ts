import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { RequestHandler } from 'express';
import { MassgenError } from '../../errors.js';
import { callerOf } from './auth.js';

const MINUTE_MS = 60_000;

/** So many requests a minute for each key, or each address where there are no keys: over all apps that it is given to. */
export function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    standardHeaders: false,
    legacyHeaders: true,
    keyGenerator: (request, response) => {
      const { owner } = callerOf(response as never);
      return owner.startsWith('key:') ? owner : ipKeyGenerator(request.ip ?? '');
    },
    handler: (_request, response, next) => {
      const seconds = Number(response.getHeader('retry-after') ?? 60);
      next(new MassgenError('rate-limited', 'Rate limit exceeded', { retryAfterMs: seconds * 1000 }));
    },
  });
}
