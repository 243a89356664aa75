import type { RequestHandler, Response } from 'express';
import type { ErrorData } from '../../errors.js';
import { envelopeOf, publicMessage, statusOf, type Envelope } from '../http/envelope.js';
import { requestIdOf } from '../http/request-id.js';
import { THREAD_UNSUPPORTED } from './read-request.js';

/** Anthropic's kinds of errors by status (https://platform.claude.com/docs/en/api/errors). */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Anthropic says 529 where others say 503, and that a prompt is too long with a 400. */
function messageStatus(error: ErrorData): number {
  if (error.code === 'context-overflow') return 400;
  const status = statusOf(error);
  return status === 503 ? 529 : status;
}

// Claude Code makes its conversation shorter when it reads these words.
const textOf = (error: ErrorData): string => (error.code === 'context-overflow' ? `prompt is too long: ${publicMessage(error)}` : publicMessage(error));

/** What clients act on. */
const detailsOf = ({ reason }: ErrorData): { readonly details?: object } => (reason === THREAD_UNSUPPORTED ? { details: { error_code: THREAD_UNSUPPORTED, unsupported: ['thread'] } } : {});

export interface MessageErrorBody {
  readonly type: 'error';
  readonly error: { readonly type: string; readonly message: string; readonly details?: object };
  readonly request_id: string;
}

function messageErrorBody(error: ErrorData, requestId: string): MessageErrorBody {
  const status = messageStatus(error);
  return { type: 'error', error: { type: TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message: textOf(error), ...detailsOf(error) }, request_id: requestId };
}

/** Anthropic's shape of an error. */
export const messageEnvelope = { status: messageStatus, body: messageErrorBody } satisfies Envelope;

/** The request is one of Anthropic's API, and so is what is said to it. */
export const isAnthropic = (response: Response): boolean => envelopeOf(response) === messageEnvelope;

/** Finds out which API a request is of: all are Anthropic's where nothing else is served, elsewhere those that say so. */
export function chooseEnvelope(always: boolean): RequestHandler {
  return (request, response, next) => {
    if (always || request.get('anthropic-version') !== undefined || /^\/v1\/messages(?:\/|$)/u.test(request.path)) {
      response.locals['envelope'] = messageEnvelope;
      // Where Anthropic's clients look for it.
      response.setHeader('request-id', requestIdOf(response));
    }
    next();
  };
}
