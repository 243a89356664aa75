import { setMaxListeners } from 'node:events';
import type { ErrorData } from '../errors.js';
import type { BackendEvent, BackendRequest } from './contract.js';
import { isRefusal } from './failure.js';
import type { Line } from './spec.js';

export interface Words {
  /** What was thrown, as an error for people. */
  readonly failure: (thrown: unknown) => ErrorData;
  /** An error without secrets. */
  readonly clean: (error: ErrorData) => ErrorData;
}

const NOTHING: readonly BackendEvent[] = [];
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Signals that a call has had. */
const seen = new WeakSet<AbortSignal>();

/** A signal may have as many calls as it likes; node would warn of the eleventh. Most have one, and to set anything on a signal costs as much as to make it. */
function allowMany(signal: AbortSignal): void {
  if (seen.has(signal)) setMaxListeners(0, signal);
  else seen.add(signal);
}

/** One call's events. By hand rather than a generator: it is at work for every event there is, and a generator costs V8 three times as much to run and to compile. */
class Speech implements AsyncIterableIterator<BackendEvent> {
  private batch = NOTHING;
  private place = 0;
  private source: AsyncIterator<readonly BackendEvent[]> | null = null;
  private state: 'open' | 'over' | 'closed' = 'open';
  /** Its own signal, for lines that leave listeners on it: they go with the call, and a run's signal keeps none. */
  private own: AbortController | null = null;
  private readonly line: Line;
  private readonly request: BackendRequest;
  private readonly signal: AbortSignal;
  private readonly words: Words;

  constructor(line: Line, request: BackendRequest, signal: AbortSignal, words: Words) {
    this.line = line;
    this.request = request;
    this.signal = signal;
    this.words = words;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<BackendEvent>> {
    const event = this.batch[this.place];
    if (this.state !== 'open') return this.return();
    if (event === undefined) return this.more();
    this.place += 1;
    return Promise.resolve(this.said(event));
  }

  /** Leaving before the last word aborts the call. */
  async return(): Promise<IteratorResult<BackendEvent>> {
    if (this.state === 'closed') return DONE;
    const early = this.state === 'open';
    this.state = 'closed';
    this.batch = NOTHING;
    try {
      await this.source?.return?.();
    } catch {
      // What goes wrong after the last word is nobody's.
    }
    this.signal.removeEventListener('abort', this.abort);
    if (early) this.abort();
    return DONE;
  }

  private readonly abort = (): void => {
    this.own?.abort();
  };

  private async more(): Promise<IteratorResult<BackendEvent>> {
    try {
      this.source ??= this.begin();
      while (this.source !== null) {
        const next = await this.source.next();
        if (next.done === true) break;
        const [first] = next.value;
        if (first === undefined) continue;
        this.batch = next.value;
        this.place = 1;
        return this.said(first);
      }
      return this.last(this.ending({ code: 'backend-truncated', message: 'the reply ended before it was complete' }));
    } catch (thrown) {
      const error = this.words.failure(thrown);
      return this.last(this.ending(error, isRefusal(error)));
    }
  }

  /** Null when there is no use in beginning. */
  private begin(): AsyncIterator<readonly BackendEvent[]> | null {
    const { signal, line } = this;
    if (signal.aborted) return null;
    allowMany(signal);
    if (line.isLeavable === true) return line.stream(this.request, signal)[Symbol.asyncIterator]();
    this.own = new AbortController();
    signal.addEventListener('abort', this.abort);
    return line.stream(this.request, this.own.signal)[Symbol.asyncIterator]();
  }

  private said(event: BackendEvent): IteratorResult<BackendEvent> {
    if (event.type === 'error') return this.last(this.ending(this.words.clean(event.error), event.refused));
    return event.type === 'finish' ? this.last(event) : { done: false, value: event };
  }

  private last(event: BackendEvent): IteratorResult<BackendEvent> {
    this.state = 'over';
    return { done: false, value: event };
  }

  private ending(error: ErrorData, refused = false): BackendEvent {
    if (this.signal.aborted) return { type: 'finish', reason: 'aborted' };
    // What is too long nobody has read, however the vendor says so.
    return refused || error.code === 'context-overflow' ? { type: 'error', error, refused: true } : { type: 'error', error };
  }
}

/** The contract, kept here for every wire: one terminal event, nothing thrown, an abort is a finish, leaving aborts the call. One `next` at a time. */
export const speak = (line: Line, request: BackendRequest, signal: AbortSignal, words: Words): AsyncIterableIterator<BackendEvent> => new Speech(line, request, signal, words);
