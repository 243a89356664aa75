import type { Response } from 'express';
import { ERRORS, isRetryable, type ErrorCode, type ErrorData } from '../../errors.js';

/** OpenAI's shape of an error: for every route that is not of another vendor's API. */
export interface ErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string | null };
}

const CODES: Readonly<Partial<Record<ErrorCode, string>>> = {
  'request-invalid': 'invalid_request',
  'model-missing': 'model_not_found',
  'route-missing': 'not_found',
  'session-missing': 'session_not_found',
  'response-missing': 'response_not_found',
  'method-refused': 'method_not_allowed',
  'key-refused': 'invalid_api_key',
  'request-conflict': 'idempotency_conflict',
  'body-too-large': 'payload_too_large',
  'media-refused': 'unsupported_media_type',
  'rate-limited': 'rate_limit_exceeded',
  'key-missing': 'key_missing',
};

/** How one vendor's API says that something went wrong. */
export interface Envelope {
  readonly status: (error: ErrorData) => number;
  readonly body: (error: ErrorData, requestId: string) => object;
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  if (status === 401) return 'authentication_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** These say where things lie on this machine, or what no caller can do anything about. */
const PRIVATE: Readonly<Partial<Record<ErrorCode, string>>> = {
  internal: 'the server could not handle the request',
  'config-invalid': "the model's configuration is not valid; the server's operator can see why",
  'config-missing': "the model's configuration is not there",
  'log-refused': 'the server cannot write its session log',
};

/** What callers are not told, whoever runs the server is. */
export const isPrivate = ({ code }: ErrorData): boolean => Object.hasOwn(PRIVATE, code);

const ABSOLUTE_PATH = /(?<![\w:/.])(?:[A-Za-z]:\\|\/)(?:[\w.@+-]+[/\\])+[\w.@+-]*/gu;

/** The message without places on this machine. */
export const withoutPaths = (message: string): string => message.replaceAll(ABSOLUTE_PATH, '(a path on the server)');

/** The only paths in these are those of the request. */
const OF_ROUTES: readonly ErrorCode[] = ['route-missing', 'method-refused'];

/** What callers are told. */
export const publicMessage = ({ code, message }: ErrorData): string => PRIVATE[code] ?? (OF_ROUTES.includes(code) ? message : withoutPaths(message));

export const statusOf = ({ code }: ErrorData): number => ERRORS[code].httpStatus;

export function errorBody(error: ErrorData): ErrorBody {
  const { code, param, reason } = error;
  return {
    error: {
      message: publicMessage(error),
      type: typeOf(statusOf(error)),
      param: param ?? null,
      code: reason ?? CODES[code] ?? code.replaceAll('-', '_'),
    },
  };
}

/** The envelope of a response: OpenAI's, unless the request is one of another API. */
export const envelopeOf = (response: Response): Envelope => (response.locals as { envelope?: Envelope }).envelope ?? { status: statusOf, body: errorBody };

/** Not retried by a run that met them, and yet another run may fare better. */
const OF_THIS_RUN: readonly ErrorCode[] = ['agents-failed', 'agent-stopped', 'backend-resting', 'format-unmet', 'internal'];

/** The same request would fail in the same way, at the price of another run. The clients of OpenAI and Anthropic ask 5xx and 409 twice more by themselves. */
const isFinal = (error: ErrorData): boolean => (statusOf(error) === 409 || statusOf(error) >= 500) && !isRetryable(error) && !OF_THIS_RUN.includes(error.code);

/** Headers that go with an error. `x-should-retry` is obeyed by the clients of OpenAI and Anthropic. */
export function errorHeaders(error: ErrorData): Readonly<Record<string, string>> {
  const { code, retryAfterMs } = error;
  return Object.assign(
    isFinal(error) ? { 'x-should-retry': 'false' } : {},
    retryAfterMs === undefined ? undefined : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
    code === 'key-refused' ? { 'www-authenticate': 'Bearer' } : undefined,
  );
}
