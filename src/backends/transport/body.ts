import type { IncomingMessage } from 'node:http';

const HIGH_WATER = 1 << 20;
const DRAIN_MS = 500;

/** A response body: bytes as they arrived, everything of one socket read at once. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** Ends the reading with this error, now. */
  fail(error: Error): void;
  /** Ends the connection of a body that nobody wants the rest of. */
  drop(): void;
}

/** Reads a message by its events: half the cost of a stream's own async iterator. */
export function bodyOf(message: IncomingMessage): Body {
  let queue: Buffer[] = [];
  let queued = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  const fail = (error: Error): void => {
    failure ??= error;
    stir();
  };
  message.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    queued += chunk.length;
    if (queued > HIGH_WATER) message.pause();
    stir();
  });
  message.on('end', () => {
    ended = true;
    stir();
  });
  message.on('error', fail);
  message.on('close', () => {
    if (!ended) fail(Object.assign(new Error('the connection was closed before the end of the response'), { code: 'ECONNRESET' }));
  });

  const takeAll = (): Buffer => {
    const first = queue[0];
    const all = queue.length === 1 && first !== undefined ? first : Buffer.concat(queue);
    queue = [];
    if (queued > HIGH_WATER) message.resume();
    queued = 0;
    return all;
  };

  async function next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (queue.length > 0) return { done: false, value: takeAll() };
      if (ended) return { done: true, value: undefined };
      if (failure) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    fail,
    drop: () => message.destroy(),
    [Symbol.asyncIterator]: () => ({ next, return: () => leave(message) }),
  };
}

/** A body left before its end is drained for a moment, so that its connection can serve the next request. */
function leave(message: IncomingMessage): Promise<IteratorResult<Uint8Array>> {
  if (!message.complete && !message.destroyed) {
    const timer = setTimeout(() => message.destroy(), DRAIN_MS);
    message.removeAllListeners('data');
    message.once('close', () => {
      clearTimeout(timer);
    });
  }
  message.resume();
  return Promise.resolve({ done: true, value: undefined });
}
