import { MassgenError, type ErrorCode, type ErrorData } from '../errors.js';
import { isContextOverflow, overflowIn } from './context-overflow.js';
import { FAILED_CALL, httpFailure, type Target } from './http-failure.js';
import { oneLine } from './one-line.js';

const RESET = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET']);
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'ECONNTIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);
/** zlib's codes, and those of its Brotli decoder. */
const COMPRESSED = /^(?:Z_|ERR__ERROR_)/;
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/;

/** Anything thrown by a transport or a vendor's SDK, as our error: one line, naming the vendor and the remedy. */
export function toFailure(thrown: unknown, target: Target, now: number): ErrorData {
  const chain = causes(thrown);
  const own = chain.find((error) => error instanceof MassgenError);
  if (own instanceof MassgenError) return own.data;
  const http = chain.find((error): error is HttpError => 'status' in error && typeof error.status === 'number');
  if (http) {
    const header = (name: string): string | null => http.headers?.get(name) ?? null;
    return httpFailure({ status: http.status, header, error: http.error ?? http.message, now }, target);
  }
  for (const error of chain) {
    const failure = transportFailure(error, target);
    if (failure) return failure;
  }
  const root = chain.at(-1);
  return { code: 'internal', message: oneLine(`${target.label}: ${root?.message ?? String(thrown)}`) };
}

/** Of what a wire finds out before it has sent anything, and of connections that never came about. */
const NEVER_ARRIVED: readonly ErrorCode[] = ['backend-unreachable', 'backend-unsupported', 'config-invalid', 'key-missing', 'request-rejected'];

/** Whether a failure that was thrown, not read out of a reply, says that nobody has worked on the request: an unsuccessful status came in place of a reply, or it never arrived. */
export const isRefusal = ({ code, status }: ErrorData): boolean => status !== undefined || NEVER_ARRIVED.includes(code);

interface HttpError extends Error {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  readonly error?: unknown;
}

// By its looks: an error of another realm (a vm context) is no `instanceof Error`.
const isError = (value: unknown): value is Error => typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';

/** The error and its causes, outermost first. */
function causes(thrown: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let error = thrown; isError(error) && chain.length < 8; error = error.cause) chain.push(error);
  return chain;
}

function transportFailure(error: Error, { label, baseUrl }: Target): ErrorData | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const host = hostOf(baseUrl);
  if (UNREACHABLE.has(code)) return { code: 'backend-unreachable', message: `cannot reach ${label} at ${host} (${code}); ${remedyFor(code)}` };
  if (TLS.test(code)) {
    const remedy = 'check base_url; behind a proxy that re-signs TLS, set NODE_EXTRA_CA_CERTS to its certificate';
    return { code: 'backend-unreachable', message: `no trusted TLS connection to ${label} at ${host} (${code}); ${remedy}` };
  }
  if (RESET.has(code) || error.message === 'terminated') return { code: 'backend-reset', message: `${label} closed the connection before the end of its reply` };
  if (code.startsWith('HPE_')) return { code: 'backend-garbage', message: `${label} at ${host} does not answer in HTTP (${code}); check base_url` };
  if (COMPRESSED.test(code)) return { code: 'backend-garbage', message: `${label} at ${host} sent a compressed reply that cannot be read (${code})` };
  if (code === 'ETIMEDOUT' || /timed out/i.test(error.message)) return { code: 'backend-silent', message: `${label} at ${host} did not answer in time` };
  return undefined;
}

const remedyFor = (code: string): string =>
  code === 'ECONNREFUSED' ? 'is the server running? check base_url' : code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'check base_url and the network' : 'check the network and the proxy settings';

const hostOf = (baseUrl: string): string => (URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl);

const BY_NAME: readonly (readonly [RegExp, ErrorCode])[] = [
  [FAILED_CALL, 'backend-garbage'],
  [/insufficient_quota|billing|credit/i, 'quota-exhausted'],
  [/rate_?limit|overloaded|too_many_requests/i, 'backend-overloaded'],
  [/content_filter|content_policy|moderation|safety/i, 'reply-filtered'],
  [/invalid_api_key|authentication|permission/i, 'backend-rejected'],
  [/invalid_request|invalid_prompt|not_found/i, 'request-rejected'],
];

/** An error that arrived inside a stream that had begun well: a status where the vendor gives one, else its name. */
export function streamFailure(error: unknown, target: Target, now: number): ErrorData {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : { message: error };
  const status = Number(fields['code'] ?? fields['status']);
  if (Number.isInteger(status) && status >= 400 && status <= 599) return httpFailure({ status, header: () => null, error, now }, target);
  const name = [fields['code'], fields['type']].filter((part) => typeof part === 'string').join(' ');
  const said = typeof fields['message'] === 'string' ? fields['message'] : name;
  const found = BY_NAME.find(([pattern]) => pattern.test(name));
  const code = isContextOverflow(name, said) ? 'context-overflow' : (found?.[1] ?? 'backend-unavailable');
  const overflow = code === 'context-overflow' ? overflowIn(said) : undefined;
  return { code, message: oneLine(`${target.label} broke off its reply${name === '' ? '' : ` (${name})`}: ${said}`), ...(overflow === undefined ? {} : { overflow }) };
}
