import type { Dispatcher } from 'undici';

const HIGH_WATER = 1 << 20;
const DRAIN_MS = 500;

/** A response body: bytes as they arrived, everything that came since the last time at once. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** Ends the connection of a body that nobody wants the rest of. */
  drop(): void;
}

/** What the connection gives, and whoever reads takes. */
export class ReceivedBody implements Body, AsyncIterator<Uint8Array, undefined> {
  private queue: Buffer[] = [];
  private queued = 0;
  private state: 'open' | 'ended' | 'left' = 'open';
  private failure: Error | null = null;
  private wake: (() => void) | null = null;
  private draining: NodeJS.Timeout | null = null;
  private readonly controller: Dispatcher.DispatchController;

  constructor(controller: Dispatcher.DispatchController) {
    this.controller = controller;
  }

  push(chunk: Buffer): void {
    if (this.state === 'left') return;
    this.queue.push(chunk);
    this.queued += chunk.length;
    if (this.queued > HIGH_WATER) this.controller.pause();
    this.stir();
  }

  end(): void {
    if (this.draining !== null) clearTimeout(this.draining);
    if (this.state === 'open') this.state = 'ended';
    this.stir();
  }

  /** Ends the reading with this error, now. */
  fail(error: Error): void {
    this.failure ??= error;
    this.end();
  }

  drop(): void {
    this.controller.abort(new Error('the rest of the response is not wanted'));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      if (this.queue.length > 0) return { done: false, value: this.takeAll() };
      if (this.failure !== null) throw this.failure;
      if (this.state !== 'open') return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** A body left before its end is drained for a moment, so that its connection can serve the next request. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.state === 'open') {
      this.state = 'left';
      this.draining = setTimeout(() => {
        this.drop();
      }, DRAIN_MS);
    }
    this.queue = [];
    this.controller.resume();
    return Promise.resolve({ done: true, value: undefined });
  }

  private stir(): void {
    this.wake?.();
    this.wake = null;
  }

  private takeAll(): Buffer {
    const [first] = this.queue;
    const all = this.queue.length === 1 && first !== undefined ? first : Buffer.concat(this.queue);
    const wasFull = this.queued > HIGH_WATER;
    this.queue = [];
    this.queued = 0;
    // What has arrived meanwhile is pushed before this returns.
    if (wasFull) this.controller.resume();
    return all;
  }
}
