import { isRetryable, type ErrorData } from '../../errors.js';

export interface CircuitOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open at first; twice as long each time it is found broken again. */
  readonly openMs: number;
  readonly longestMs: number;
  /** Asked to wait longer than this, it opens at once. */
  readonly patienceMs: number;
}

const USUAL_CIRCUIT: CircuitOptions = { failures: 5, openMs: 30_000, longestMs: 300_000, patienceMs: 120_000 };

/** Remembers whether a provider has been answering. Open, it lets nobody through; after its time one call may try. */
export interface Circuit {
  /** Undefined: go on. Else how many ms to wait before asking again. */
  refuses(now: number): number | undefined;
  succeeded(): void;
  failed(error: ErrorData, now: number): void;
  /** The call that was let through was left before its end: it told nothing. */
  left(): void;
  /** Why it is open. */
  lastError(): ErrorData | undefined;
}

/** Pure but for its own memory: the time is given. Only failures that another try might mend count; a refusal is an answer. */
export function createCircuit(options: CircuitOptions = USUAL_CIRCUIT): Circuit {
  let failures = 0;
  let times = 0;
  let openUntil = 0;
  let probing = false;
  let last: ErrorData | undefined;

  function open(now: number, ms: number): void {
    openUntil = now + ms;
    times += 1;
    probing = false;
  }

  function close(): void {
    failures = 0;
    times = 0;
    openUntil = 0;
    probing = false;
  }

  return {
    refuses: (now) => {
      if (openUntil === 0) return undefined;
      if (now < openUntil) return openUntil - now;
      if (probing) return 1000;
      probing = true;
      return undefined;
    },
    succeeded: close,
    failed: (error, now) => {
      if (!isRetryable(error)) {
        close();
        return;
      }
      last = error;
      failures += 1;
      const wish = error.retryAfterMs ?? 0;
      if (wish > options.patienceMs) open(now, wish);
      else if (probing || failures >= options.failures) open(now, Math.min(options.openMs * 2 ** times, options.longestMs));
    },
    left: () => {
      probing = false;
    },
    lastError: () => last,
  };
}
