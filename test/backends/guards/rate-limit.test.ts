import { describe, expect, it } from '@jest/globals';
import type { Backend, BackendEvent } from '../../../src/backends/contract.js';
import { createRateLimiter } from '../../../src/backends/guards/rate-limiter.js';
import { withRateLimit } from '../../../src/backends/guards/with-rate-limit.js';
import { collect, eventsOf, requestOf } from '../../support/backend-collect.js';

const never = new AbortController().signal;

describe('a rate limiter', () => {
  it('lets so many requests through in a window, and the next one after it, in their order', async () => {
    const limiter = createRateLimiter({ requestsPerMinute: 2 }, 3);
    const started = performance.now();
    const order: number[] = [];
    const times = await Promise.all([1, 2, 3, 4].map(async (number) => {
      const lease = await limiter.enter(1, never);
      order.push(number);
      lease.leave(undefined);
      return performance.now() - started;
    }));
    expect(order).toEqual([1, 2, 3, 4]);
    expect(times[1]).toBeLessThan(2900);
    expect(times[2]).toBeGreaterThan(2900);
  });

  it('counts tokens by estimate, and sets them right', async () => {
    const limiter = createRateLimiter({ tokensPerMinute: 100 }, 4);
    const started = performance.now();
    (await limiter.enter(60, never)).leave(10);
    (await limiter.enter(80, never)).leave(20);
    (await limiter.enter(60, never)).leave(100);
    expect(performance.now() - started).toBeLessThan(3500);
    (await limiter.enter(1, never)).leave(1);
    expect(performance.now() - started).toBeGreaterThan(3500);
  });

  it('gives a call that is larger than the window a whole one', async () => {
    const limiter = createRateLimiter({ tokensPerMinute: 10 }, 1);
    (await limiter.enter(1000, never)).leave(5);
    (await limiter.enter(5, never)).leave(5);
  });

  it('lets so many go on at once, and frees the place of one that is left', async () => {
    const limiter = createRateLimiter({ concurrency: 1 });
    const first = await limiter.enter(1, never);
    const stop = new AbortController();
    const impatient = limiter.enter(1, stop.signal);
    let entered = false;
    const third = limiter.enter(1, never).then((lease) => {
      entered = true;
      return lease;
    });
    stop.abort();
    await expect(impatient).rejects.toThrow();
    expect(entered).toBe(false);
    first.leave(undefined);
    first.leave(undefined);
    (await third).leave(undefined);
    const under = new AbortController();
    await limiter.enter(1, under.signal);
    under.abort();
    (await limiter.enter(1, never)).leave(undefined);
  });
});

describe('a backend with a rate limit', () => {
  const speaking: Backend = {
    id: 'groq',
    model: 'm',
     
    async *stream() {
      yield { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } };
      yield { type: 'finish', reason: 'stop' };
    },
  };

  it('says while it waits that nothing is wrong', async () => {
    const backend = withRateLimit(speaking, createRateLimiter({ requestsPerMinute: 1 }, 3));
    expect((await collect(backend)).map(({ type }) => type)).toEqual(['usage', 'finish']);
    const events = await collect(backend);
    expect(eventsOf(events, 'waiting').map(({ message }) => message)).toEqual(expect.arrayContaining(['waits for the rate limit of groq (m)', '']));
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('takes an abort while it waits for a finish, and keeps no place', async () => {
    const limiter = createRateLimiter({ concurrency: 1 });
    const lease = await limiter.enter(1, never);
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort();
    }, 50);
    expect(await collect(withRateLimit(speaking, limiter), requestOf(), stop.signal)).toEqual([{ type: 'finish', reason: 'aborted' }]);
    lease.leave(undefined);
    const events: BackendEvent[] = await collect(withRateLimit(speaking, limiter));
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });
});
