import express, { type RequestHandler } from 'express';
import { MassgenError } from '../../errors.js';

interface BodyError {
  readonly type?: string;
  readonly status?: number;
}

/** What body-parser says, in our words. */
function toError(thrown: unknown, limitBytes: number): unknown {
  const { type = '', status } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as BodyError;
  switch (type) {
    case 'entity.too.large':
      return new MassgenError('body-too-large', `the body is larger than ${String(Math.round(limitBytes / (1024 * 1024)))} MB`);
    case 'entity.parse.failed':
    case 'entity.verify.failed':
      return new MassgenError('request-invalid', 'the body is not valid JSON', { reason: 'invalid_json' });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new MassgenError('media-refused', 'the body must be JSON in UTF-8');
    default:
      return status === 400 ? new MassgenError('request-invalid', 'the body could not be read') : thrown;
  }
}

/** Reads JSON bodies, and nothing else: a form on a foreign web page cannot send one without being asked first (CORS). */
export function jsonBody(limitBytes: number): RequestHandler {
  const parse = express.json({ limit: limitBytes, type: () => true, strict: false });
  return (request, response, next) => {
    const type = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (type !== 'application/json' && !/^application\/[\w.+-]+\+json$/u.test(type)) {
      next(new MassgenError('media-refused', 'the body must be JSON: send Content-Type: application/json'));
      return;
    }
    parse(request, response, (thrown?: unknown) => {
      next(thrown === undefined ? undefined : toError(thrown, limitBytes));
    });
  };
}
