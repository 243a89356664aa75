import { MassgenError } from '../../errors.js';
import type { StopSignal } from '../../orchestrator/index.js';

export interface QueueOptions {
  /** Sessions that run at once. */
  readonly concurrency: number;
  /** Requests that may wait beside them. */
  readonly limit: number;
  /** How long one may wait, ms. */
  readonly timeoutMs: number;
}

export interface QueueWait {
  /** Its abort takes the request out of the queue; `enter` then rejects. */
  readonly signal: StopSignal;
  /** Called when it has to wait, and whenever it moves up: 1 is next. */
  readonly onPosition?: (position: number) => void;
}

/** First come, first served. */
export interface Queue {
  /** Resolves to the function that gives the place back (calling it again does nothing). Rejects with `queue-full`, `queue-timeout` or `server-closing`. */
  readonly enter: (wait: QueueWait) => Promise<() => void>;
  readonly running: () => number;
  readonly waiting: () => number;
  /** Sends everybody who waits away, and whoever comes. */
  readonly close: () => void;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: MassgenError) => void;
  readonly tell: (position: number) => void;
}

const CLOSING = 'the server is shutting down';

/** What a full queue tells clients to wait: nobody knows how long a run takes. */
const RETRY_MS = 10_000;

interface Line {
  readonly timeoutMs: number;
  readonly place: () => () => void;
  readonly remove: (waiter: Waiter) => void;
  /** Puts it at the end; returns its position. */
  readonly add: (waiter: Waiter) => number;
}

const waitIn =
  ({ timeoutMs, place, remove, add }: Line) =>
  ({ signal, onPosition }: QueueWait): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        remove(waiter);
      };
      const waiter: Waiter = {
        admit: () => {
          leave();
          resolve(place());
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
        tell: (position) => onPosition?.(position),
      };
      const onAbort = (): void => {
        waiter.refuse(new MassgenError('run-cancelled', 'the client left the queue'));
      };
      const timer = setTimeout(() => {
        waiter.refuse(new MassgenError('queue-timeout', `no place came free within ${String(timeoutMs / 1000)} s; try again later`, { retryAfterMs: RETRY_MS }));
      }, timeoutMs);
      signal.addEventListener('abort', onAbort);
      waiter.tell(add(waiter));
    });

export function createQueue({ concurrency, limit, timeoutMs }: QueueOptions): Queue {
  let running = 0;
  let closed = false;
  let waiters: Waiter[] = [];

  const place = (): (() => void) => {
    let held = true;
    running += 1;
    return () => {
      if (!held) return;
      held = false;
      running -= 1;
      if (running < concurrency) waiters[0]?.admit();
    };
  };
  const remove = (waiter: Waiter): void => {
    waiters = waiters.filter((each) => each !== waiter);
    waiters.forEach(({ tell }, index) => {
      tell(index + 1);
    });
  };
  const wait = waitIn({ timeoutMs, place, remove, add: (waiter) => waiters.push(waiter) });

  return {
    enter: async (asked) => {
      if (closed) throw new MassgenError('server-closing', CLOSING, { retryAfterMs: RETRY_MS });
      if (asked.signal.aborted) throw new MassgenError('run-cancelled', 'the client left the queue');
      if (running < concurrency && waiters.length === 0) return place();
      if (waiters.length >= limit) throw new MassgenError('queue-full', `${String(concurrency)} sessions are running and ${String(waiters.length)} requests are waiting, which is the limit; try again later`, { retryAfterMs: RETRY_MS });
      return wait(asked);
    },
    running: () => running,
    waiting: () => waiters.length,
    close: () => {
      closed = true;
      for (const { refuse } of waiters) refuse(new MassgenError('server-closing', CLOSING, { retryAfterMs: RETRY_MS }));
    },
  };
}
