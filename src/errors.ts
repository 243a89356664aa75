/** Every way to fail: what a shell, an HTTP client and the retry policy are told about it. */
export const ERRORS = {
  'usage-invalid': { exitCode: 1, httpStatus: 400, retryable: false },
  'config-invalid': { exitCode: 1, httpStatus: 400, retryable: false },
  'config-missing': { exitCode: 1, httpStatus: 404, retryable: false },
  'key-missing': { exitCode: 1, httpStatus: 500, retryable: false },
  'price-unknown': { exitCode: 1, httpStatus: 400, retryable: false },
  'backend-unsupported': { exitCode: 1, httpStatus: 501, retryable: false },
  'backend-rejected': { exitCode: 2, httpStatus: 502, retryable: false },
  'request-rejected': { exitCode: 2, httpStatus: 502, retryable: false },
  'context-overflow': { exitCode: 2, httpStatus: 502, retryable: false },
  'quota-exhausted': { exitCode: 2, httpStatus: 502, retryable: false },
  'reply-too-large': { exitCode: 2, httpStatus: 502, retryable: false },
  'reply-filtered': { exitCode: 2, httpStatus: 502, retryable: false },
  'backend-overloaded': { exitCode: 2, httpStatus: 503, retryable: true },
  'backend-unavailable': { exitCode: 2, httpStatus: 502, retryable: true },
  // Not asked now, because it kept failing: whoever could wait has waited.
  'backend-resting': { exitCode: 2, httpStatus: 503, retryable: false },
  'backend-unreachable': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-reset': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-truncated': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-garbage': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-silent': { exitCode: 2, httpStatus: 504, retryable: true },
  'agent-stopped': { exitCode: 2, httpStatus: 502, retryable: false },
  'script-mismatch': { exitCode: 2, httpStatus: 502, retryable: false },
  'format-unmet': { exitCode: 2, httpStatus: 502, retryable: false },
  'agents-failed': { exitCode: 2, httpStatus: 502, retryable: false },
  'budget-exhausted': { exitCode: 2, httpStatus: 502, retryable: false },
  'log-refused': { exitCode: 2, httpStatus: 500, retryable: false },
  'run-timeout': { exitCode: 3, httpStatus: 504, retryable: false },
  'run-cancelled': { exitCode: 4, httpStatus: 499, retryable: false },
  // Of the HTTP server.
  'request-invalid': { exitCode: 1, httpStatus: 400, retryable: false },
  'model-missing': { exitCode: 1, httpStatus: 404, retryable: false },
  'route-missing': { exitCode: 1, httpStatus: 404, retryable: false },
  'session-missing': { exitCode: 1, httpStatus: 404, retryable: false },
  'response-missing': { exitCode: 1, httpStatus: 404, retryable: false },
  'method-refused': { exitCode: 1, httpStatus: 405, retryable: false },
  'key-refused': { exitCode: 1, httpStatus: 401, retryable: false },
  'request-conflict': { exitCode: 1, httpStatus: 409, retryable: false },
  'body-too-large': { exitCode: 1, httpStatus: 413, retryable: false },
  'media-refused': { exitCode: 1, httpStatus: 415, retryable: false },
  'rate-limited': { exitCode: 1, httpStatus: 429, retryable: true },
  'queue-full': { exitCode: 1, httpStatus: 429, retryable: true },
  'queue-timeout': { exitCode: 1, httpStatus: 503, retryable: true },
  'server-closing': { exitCode: 1, httpStatus: 503, retryable: true },
  internal: { exitCode: 2, httpStatus: 500, retryable: false },
} as const satisfies Record<string, { exitCode: number; httpStatus: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as data: what streams, logs and HTTP bodies carry. `retryAfterMs` is the vendor's own wish. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** Of a conversation that was too long: the room there is and what was needed, in tokens, as far as the vendor says. */
  readonly overflow?: { readonly limit: number; readonly size?: number };
  /** What of a request is at fault: `messages[0].role`. */
  readonly param?: string;
  /** A finer code than `code`, in the words of OpenAI's API. */
  readonly reason?: string;
}

/** The one error class. The message names the thing and its remedy; display lives elsewhere. */
export class MassgenError extends Error {
  override readonly name = 'MassgenError';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, { cause, ...more }: { cause?: unknown } & Partial<Omit<ErrorData, 'code' | 'message'>> = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = { code, message, ...more };
  }

  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }
}

/** Any thrown thing as data; what is not ours is `internal`. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof MassgenError) return thrown.data;
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

export const isRetryable = (error: ErrorData): boolean => ERRORS[error.code].retryable;
