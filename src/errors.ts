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
  'reply-filtered': { exitCode: 2, httpStatus: 502, retryable: false },
  'backend-overloaded': { exitCode: 2, httpStatus: 503, retryable: true },
  'backend-unavailable': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-unreachable': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-reset': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-truncated': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-garbage': { exitCode: 2, httpStatus: 502, retryable: true },
  'backend-silent': { exitCode: 2, httpStatus: 504, retryable: true },
  'script-mismatch': { exitCode: 2, httpStatus: 502, retryable: false },
  'format-unmet': { exitCode: 2, httpStatus: 502, retryable: false },
  'agents-failed': { exitCode: 2, httpStatus: 502, retryable: false },
  'budget-exhausted': { exitCode: 2, httpStatus: 502, retryable: false },
  'log-refused': { exitCode: 2, httpStatus: 500, retryable: false },
  'run-timeout': { exitCode: 3, httpStatus: 504, retryable: false },
  'run-cancelled': { exitCode: 4, httpStatus: 499, retryable: false },
  internal: { exitCode: 2, httpStatus: 500, retryable: false },
} as const satisfies Record<string, { exitCode: number; httpStatus: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as data: what streams, logs and HTTP bodies carry. `retryAfterMs` is the vendor's own wish. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** The one error class. The message names the thing and its remedy; display lives elsewhere. */
export class MassgenError extends Error {
  override readonly name = 'MassgenError';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; status?: number; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = {
      code,
      message,
      ...(options.status === undefined ? {} : { status: options.status }),
      ...(options.retryAfterMs === undefined ? {} : { retryAfterMs: options.retryAfterMs }),
    };
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
