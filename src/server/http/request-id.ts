import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const ALLOWED = /^[\w.:-]{1,128}$/u;

export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '')}`;

export const requestIdOf = (response: Response): string => (response.locals as { requestId?: string }).requestId ?? '';

/** Takes over a harmless `x-request-id`, makes one otherwise, and says it in the response. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  const id = given !== undefined && ALLOWED.test(given) ? given : newRequestId();
  response.locals['requestId'] = id;
  response.setHeader('x-request-id', id);
  next();
};
