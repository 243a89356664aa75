import { setTimeout as sleep } from 'node:timers/promises';
import type PQueue from 'p-queue';
import type { RateLimiterMemory } from 'rate-limiter-flexible';

/** What one key may do. Absent: as much as it likes. */
export interface RateLimit {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrency?: number;
}

/** A place among the calls under way. */
export interface Lease {
  /** Gives the place back; `tokens` is what the call really used, where it is known. */
  leave(tokens: number | undefined): void;
}

export interface RateLimiter {
  /** Waits for a place, first come first served. Rejects when the signal aborts. */
  enter(tokens: number, signal: AbortSignal): Promise<Lease>;
}

interface Parts {
  readonly slots: PQueue;
  readonly gate: PQueue;
  readonly requests: RateLimiterMemory | undefined;
  readonly tokens: RateLimiterMemory | undefined;
}

const KEY = 'one';

async function partsOf(limit: RateLimit, windowSeconds: number): Promise<Parts> {
  const [{ default: Queue }, { RateLimiterMemory: Window }] = await Promise.all([import('p-queue'), import('rate-limiter-flexible')]);
  const window = (points: number | undefined): RateLimiterMemory | undefined => (points === undefined ? undefined : new Window({ points, duration: windowSeconds }));
  return {
    slots: new Queue({ concurrency: limit.concurrency ?? Infinity }),
    // One at a time looks at the windows, so that nobody overtakes.
    gate: new Queue({ concurrency: 1 }),
    requests: window(limit.requestsPerMinute),
    tokens: window(limit.tokensPerMinute),
  };
}

/** Takes points out of a window, as soon as it has them. Only one at a time does, so that between the look and the taking nobody comes. */
async function consume(window: RateLimiterMemory | undefined, points: number, signal: AbortSignal): Promise<void> {
  if (window === undefined) return;
  // A call that is larger than a whole window takes all of one.
  const wanted = Math.min(points, window.points);
  for (;;) {
    const used = await window.get(KEY);
    if (used === null || used.consumedPoints + wanted <= window.points) break;
    await sleep(Math.max(used.msBeforeNext, 10), undefined, { signal });
  }
  await window.consume(KEY, wanted);
}

/** Sets the estimate right, if its window is still open. */
async function settle(window: RateLimiterMemory | undefined, counted: number, used: number | undefined): Promise<void> {
  if (window === undefined || used === undefined || (await window.get(KEY)) === null) return;
  const difference = used - Math.min(counted, window.points);
  if (difference > 0) await window.penalty(KEY, difference);
  else if (difference < 0) await window.reward(KEY, -difference);
}

/** Limits for one key, kept with `p-queue` and `rate-limiter-flexible`. Tokens are counted by estimate first and set right at the end of a call. */
export function createRateLimiter(limit: RateLimit, windowSeconds = 60): RateLimiter {
  let parts: Promise<Parts> | undefined;

  async function enter(tokens: number, signal: AbortSignal): Promise<Lease> {
    const known = await (parts ??= partsOf(limit, windowSeconds));
    return new Promise((resolve, reject) => {
      const held = async (): Promise<void> => {
        await known.gate.add(
          async () => {
            await consume(known.requests, 1, signal);
            await consume(known.tokens, tokens, signal);
          },
          { signal },
        );
        await new Promise<void>((release) => {
          let over = false;
          resolve({
            leave: (used) => {
              if (over) return;
              over = true;
              void settle(known.tokens, tokens, used);
              release();
            },
          });
        });
      };
      // An abort takes the call out of the queue, and frees the place of one under way.
      known.slots.add(held, { signal }).catch(reject);
    });
  }

  return { enter };
}
