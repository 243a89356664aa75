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

/** After which to ask again what has become of the call that tries. */
const TRIAL_MS = 1000;

/** The number of a call that may be made, or how many ms to wait before asking again; `tried` while a call is finding out whether the provider is back. */
export type Entry = { readonly call: number } | { readonly wait: number; readonly tried: boolean };

/** Why a circuit is open: `asked` by the provider for so long, else for failing. */
export interface Cause {
  readonly error: ErrorData;
  readonly asked: boolean;
  /** Nobody has ever been reached there: waiting would help as little as asking again. */
  readonly absent: boolean;
}

/** Remembers whether a provider has been answering. Open, it lets nobody through; after its time one call may try. */
export interface Circuit {
  enter(now: number): Entry;
  /** The first word of its reply: others need not wait for the end of the call that tries. */
  answering(call: number): void;
  succeeded(): void;
  failed(call: number, error: ErrorData, now: number): void;
  /** The call was left before its end: it told nothing. */
  left(call: number): void;
  cause(): Cause | undefined;
}

/**
 * Pure but for its own memory: the time is given. Only failures that another try might mend count; a refusal is an answer,
 * and so is a wish when to be asked again, which whoever called obeys. In a row are those that come one after the other:
 * calls that were under way at the time of a failure say the same once more.
 */
class ProviderCircuit implements Circuit {
  private calls = 0;
  /** Calls up to this number were under way when a failure was counted. */
  private counted = 0;
  private failures = 0;
  private times = 0;
  private openUntil = 0;
  private trial: number | null = null;
  private isThere = false;
  private last: Cause | undefined;
  private readonly options: CircuitOptions;

  constructor(options: CircuitOptions) {
    this.options = options;
  }

  enter(now: number): Entry {
    if (now < this.openUntil) return { wait: this.openUntil - now, tried: false };
    if (this.trial !== null) return { wait: TRIAL_MS, tried: true };
    this.calls += 1;
    if (this.openUntil > 0) this.trial = this.calls;
    return { call: this.calls };
  }

  answering(call: number): void {
    this.isThere = true;
    if (call !== this.trial) return;
    this.trial = null;
    this.openUntil = 0;
  }

  succeeded(): void {
    this.isThere = true;
    this.failures = 0;
    this.times = 0;
    this.openUntil = 0;
    this.trial = null;
  }

  failed(call: number, error: ErrorData, now: number): void {
    if (!isRetryable(error)) {
      this.succeeded();
      return;
    }
    this.isThere ||= error.code !== 'backend-unreachable';
    const wish = error.retryAfterMs;
    if (wish === undefined) this.count(call, error, now);
    else if (wish > this.options.patienceMs) this.open(now + wish, error, true);
    else if (call === this.trial) this.open(now + wish, error);
  }

  left(call: number): void {
    if (call === this.trial) this.trial = null;
  }

  cause(): Cause | undefined {
    return this.last;
  }

  private count(call: number, error: ErrorData, now: number): void {
    if (call <= this.counted) return;
    this.counted = this.calls;
    this.failures += 1;
    if (this.failures < this.options.failures) return;
    this.open(now + Math.min(this.options.openMs * 2 ** this.times, this.options.longestMs), error);
    this.times += 1;
  }

  /** What is open for longer already stays so. */
  private open(until: number, error: ErrorData, asked = false): void {
    this.trial = null;
    if (until <= this.openUntil) return;
    this.openUntil = until;
    this.last = { error, asked, absent: !this.isThere };
  }
}

export const createCircuit = (options: CircuitOptions = USUAL_CIRCUIT): Circuit => new ProviderCircuit(options);
