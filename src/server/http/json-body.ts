import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { MassgenError } from '../../errors.js';
import { isDeeper } from './body-depth.js';

/** No request needs more. */
const DEEPEST = 256;

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
    case 'body.deep':
      return new MassgenError('request-invalid', `the body is nested more than ${String(DEEPEST)} times`, { reason: 'invalid_json' });
    case 'body.encoding':
      return new MassgenError('request-invalid', 'the body is not valid UTF-8', { reason: 'invalid_json' });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new MassgenError('media-refused', 'the body must be JSON in UTF-8');
    default:
      return status === 400 ? new MassgenError('request-invalid', 'the body could not be read') : thrown;
  }
}

/** What body-parser does not look at; it hands `type` on. */
function verify(_request: unknown, _response: unknown, body: Buffer): void {
  const fault = isUtf8(body) ? (isDeeper(body, DEEPEST) ? 'body.deep' : undefined) : 'body.encoding';
  if (fault !== undefined) throw Object.assign(new Error(fault), { type: fault });
}

/** Reads JSON bodies, and nothing else: a form on a foreign web page cannot send one without being asked first (CORS). */
export function jsonBody(limitBytes: number): RequestHandler {
  const parse = express.json({ limit: limitBytes, type: () => true, strict: false, verify });
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
