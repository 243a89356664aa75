import { describe, expect, it } from '@jest/globals';
import { createQueue } from '../../src/server/runs/queue.js';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the queue', () => {
  it('lets in as many as may run, then one for each that leaves, in order', async () => {
    const queue = createQueue({ concurrency: 2, limit: 10, timeoutMs: 10_000 });
    const order: number[] = [];
    const first = await queue.enter({ signal: never });
    const second = await queue.enter({ signal: never });
    const waiting = [1, 2, 3].map(async (number) => {
      const release = await queue.enter({ signal: never });
      order.push(number);
      return release;
    });
    await turn();
    expect([queue.running(), queue.waiting()]).toEqual([2, 3]);
    first();
    first();
    await turn();
    expect([order, queue.running(), queue.waiting()]).toEqual([[1], 2, 2]);
    second();
    (await waiting[0]!)();
    await turn();
    expect(order).toEqual([1, 2, 3]);
    for (const each of waiting.slice(1)) (await each)();
    expect([queue.running(), queue.waiting()]).toEqual([0, 0]);
  });

  it('says positions, again when they change', async () => {
    const queue = createQueue({ concurrency: 1, limit: 10, timeoutMs: 10_000 });
    const release = await queue.enter({ signal: never });
    const positions: number[][] = [[], []];
    const entries = positions.map((said) => queue.enter({ signal: never, onPosition: (position) => said.push(position) }));
    await turn();
    release();
    (await entries[0]!)();
    (await entries[1]!)();
    expect(positions).toEqual([[1], [2, 1]]);
  });

  it('refuses whoever is too many', async () => {
    const queue = createQueue({ concurrency: 1, limit: 1, timeoutMs: 10_000 });
    await queue.enter({ signal: never });
    const second = queue.enter({ signal: never });
    await expect(queue.enter({ signal: never })).rejects.toMatchObject({ code: 'queue-full', data: { retryAfterMs: 10_000 } });
    queue.close();
    await expect(second).rejects.toMatchObject({ code: 'server-closing' });
    await expect(queue.enter({ signal: never })).rejects.toMatchObject({ code: 'server-closing' });
  });

  it('sends away who has waited too long, and who comes next is next', async () => {
    const queue = createQueue({ concurrency: 1, limit: 5, timeoutMs: 30 });
    const release = await queue.enter({ signal: never });
    await expect(queue.enter({ signal: never })).rejects.toMatchObject({ code: 'queue-timeout' });
    expect(queue.waiting()).toBe(0);
    release();
    expect(queue.running()).toBe(0);
  });

  it('forgets who leaves', async () => {
    const queue = createQueue({ concurrency: 1, limit: 5, timeoutMs: 10_000 });
    const release = await queue.enter({ signal: never });
    const leaving = new AbortController();
    const left = queue.enter({ signal: leaving.signal });
    const behind = queue.enter({ signal: never });
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'run-cancelled' });
    await expect(queue.enter({ signal: leaving.signal })).rejects.toMatchObject({ code: 'run-cancelled' });
    release();
    (await behind)();
    expect([queue.running(), queue.waiting()]).toEqual([0, 0]);
  });
});
