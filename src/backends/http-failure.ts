import type { ErrorCode, ErrorData } from '../errors.js';
import { isContextOverflow, overflowIn, REQUEST_TOO_LARGE } from './context-overflow.js';
import { oneLine } from './one-line.js';
import { isDailyQuota, waitMs } from './rate-limit-wait.js';
import type { Endpoint } from './spec.js';

/** Whom a failure is about. */
export type Target = Pick<Endpoint, 'label' | 'model' | 'baseUrl' | 'keyRemedy'>;

/** An unsuccessful HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** The vendor's error object or text. */
  readonly error: unknown;
  /** Wall time in ms, for a Retry-After that is a date. */
  readonly now: number;
}

const VENDOR_TEXT = 500;

/** A status and the vendor's words for it, as our error. */
export function httpFailure(answer: HttpAnswer, target: Target): ErrorData {
  const { status } = answer;
  const said = saying(answer.error);
  const code = codeFor(answer, said);
  const wait = code === 'backend-overloaded' || code === 'backend-unavailable' ? waitMs(answer) : undefined;
  const leadsTo = status < 400 ? answer.header('location') : null;
  const text = leadsTo === null ? refusal(code, status, said.text, target) : elsewhere(leadsTo, status, target);
  const overflow = code === 'context-overflow' ? overflowIn(said.text) : undefined;
  return { code, status, message: oneLine(text, 2 * VENDOR_TEXT), ...(wait === undefined ? {} : { retryAfterMs: wait }), ...(overflow === undefined ? {} : { overflow }) };
}

interface Saying {
  readonly text: string;
  /** The vendor's `code` and `type`. */
  readonly name: string;
}

function saying(error: unknown): Saying {
  if (typeof error !== 'object' || error === null) return { text: typeof error === 'string' ? error : '', name: '' };
  // Anthropic's SDK hands the whole body over.
  if ('error' in error) return saying(error.error);
  const { message, code, type, status, detail, details } = error as Record<string, unknown>;
  const name = [code, type, status, ...reasonsIn(details)].filter((part) => typeof part === 'string').join(' ');
  const text = [message, detail].find((part) => typeof part === 'string' && part !== '');
  return { text: typeof text === 'string' ? text : name || (Object.values(error).every((value) => value === '') ? '' : JSON.stringify(error)), name };
}

/** Google's errors carry a list of details, some with a `reason` (https://google.aip.dev/193). */
const reasonsIn = (details: unknown): readonly unknown[] =>
  Array.isArray(details) ? details.map((each: unknown) => (typeof each === 'object' && each !== null && 'reason' in each ? each.reason : undefined)) : [];

/** Anthropic says it with the status of a malformed request. */
const CREDIT = /credit balance is too low/i;

/** What the model wrote was no call of a tool (Groq): it may do better the next time. */
export const FAILED_CALL = /tool_use_failed|failed_generation/;

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  402: 'quota-exhausted',
  407: 'backend-unreachable',
  408: 'backend-overloaded',
  409: 'backend-overloaded',
  413: 'context-overflow',
  425: 'backend-overloaded',
  // Anthropic's "overloaded".
  529: 'backend-overloaded',
};

const rateCode = (text: string, error: unknown): ErrorCode => (REQUEST_TOO_LARGE.test(text) ? 'context-overflow' : isDailyQuota(error) ? 'quota-exhausted' : 'backend-overloaded');

function codeFor({ status, error }: HttpAnswer, { text, name }: Saying): ErrorCode {
  if (/insufficient_quota|billing_hard_limit|billing_error|insufficient_credits/.test(name) || CREDIT.test(text)) return 'quota-exhausted';
  if (status === 429) return rateCode(text, error);
  // Google refuses a wrong key as a wrong argument.
  if (name.includes('API_KEY_INVALID')) return 'backend-rejected';
  if (FAILED_CALL.test(name)) return 'backend-garbage';
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return 'backend-unavailable';
  if (/content_filter|content_policy|moderation/.test(name)) return 'reply-filtered';
  if (status === 401 || status === 403) return 'backend-rejected';
  const refused = status === 400 || status === 422;
  return refused && isContextOverflow(name, text) ? 'context-overflow' : 'request-rejected';
}

function headline(code: ErrorCode, status: number, { label, model, baseUrl }: Target): string {
  const number = `(${String(status)})`;
  switch (code) {
    case 'backend-rejected':
      return `${label} refused access ${number}`;
    case 'quota-exhausted':
      return `${label} has no credit left for this key ${number}`;
    case 'backend-overloaded':
      return `${label} is overloaded or limits the rate ${number}`;
    case 'backend-unavailable':
      return `${label} is not available ${number}`;
    case 'context-overflow':
      return `the conversation is too long for ${model} of ${label} ${number}`;
    case 'backend-unreachable':
      return `the proxy refused the way to ${label} ${number}`;
    case 'backend-garbage':
      return `${model} of ${label} wrote a call of a tool that cannot be read ${number}`;
    case 'reply-filtered':
      return `${label} filtered the request ${number}`;
    default:
      if (status === 404) return `${label} knows no model ${model} at ${baseUrl} ${number}`;
      return `${label} rejected the request for ${model} ${number}`;
  }
}

const refusal = (code: ErrorCode, status: number, said: string, target: Target): string =>
  `${headline(code, status, target)}${said === '' ? '' : `: ${oneLine(said, VENDOR_TEXT)}`}${remedy(code, status, target)}`;

/** A redirect is not followed: the key would go with it. */
const elsewhere = (leadsTo: string, status: number, { label, baseUrl }: Target): string =>
  `${label} is not at ${baseUrl} but redirects (${String(status)}) to ${oneLine(leadsTo, VENDOR_TEXT)}; set base_url to where it leads`;

function remedy(code: ErrorCode, status: number, { keyRemedy }: Target): string {
  if (code === 'backend-rejected') return `; ${keyRemedy}`;
  if (status === 404) return '; check model and base_url';
  if (status === 407) return '; check user and password in HTTPS_PROXY or HTTP_PROXY';
  if (status < 400 || status === 405) return '; check base_url';
  return '';
}
