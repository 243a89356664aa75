/** Where a refusal says how long to wait. */
export interface Refusal {
  readonly header: (name: string) => string | null;
  /** The vendor's error object or text. */
  readonly error: unknown;
  /** Wall time in ms, for moments given as dates. */
  readonly now: number;
}

/**
 * How long a vendor wants us to wait, in ms: `retry-after-ms` (OpenAI, Azure), `Retry-After` in seconds or as a date
 * (RFC 9110 §10.2.3), the `RetryInfo` of Google's errors (https://google.aip.dev/193), else the moment at which a limit
 * that is used up is full again, in the vendors' own headers. Undefined when nothing says so.
 */
export function waitMs({ header, error, now }: Refusal): number | undefined {
  const ms = Number.parseFloat(header('retry-after-ms') ?? header('x-ms-retry-after-ms') ?? '');
  if (ms >= 0) return Math.round(ms);
  return momentMs(header('retry-after'), now) ?? retryInfoMs(error) ?? limitsMs(header, now);
}

/** Seconds, or a date. */
function momentMs(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `1m30.5s`, `120ms`, as Go prints durations. */
function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) seconds += Number(amount) * (SECONDS[unit ?? ''] ?? 0);
  return Math.round(seconds * 1000);
}

/** What is left of each limit, and when it is full again: Anthropic, OpenAI and Groq (also Cerebras, Together, Azure, Mistral). */
const LIMITS: readonly (readonly [string, string])[] = [
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset'],
  ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset'],
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['x-ratelimit-remaining', 'x-ratelimit-reset'],
];

function limitsMs(header: Refusal['header'], now: number): number | undefined {
  const waits = LIMITS.flatMap(([left, reset]) => (header(left)?.trim() === '0' ? (resetMs(header(reset)?.trim() ?? '', now) ?? []) : []));
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A duration, a date, seconds to go, or (OpenRouter) the moment itself in ms or seconds since 1970. */
function resetMs(text: string, now: number): number | undefined {
  const number = Number(text);
  if (text !== '' && number > 1e9) return Math.max(0, (number > 1e11 ? number : number * 1000) - now);
  return durationMs(text) ?? momentMs(text, now);
}

function detailsOf(error: unknown): readonly Readonly<Record<string, unknown>>[] {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const { details } = fields;
  return Array.isArray(details) ? details.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null) : [];
}

function retryInfoMs(error: unknown): number | undefined {
  const delay = detailsOf(error).map(({ retryDelay }) => retryDelay).find((each) => typeof each === 'string');
  return delay === undefined ? undefined : durationMs(delay);
}

/** Google's refusal for the day: waiting for seconds, as it advises, does not help. */
export function isDailyQuota(error: unknown): boolean {
  return detailsOf(error).some(({ violations }) => Array.isArray(violations) && violations.some((each: unknown) => JSON.stringify(each).includes('PerDay')));
}
