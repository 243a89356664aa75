import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createChannel } from '../../../src/orchestrator/engine/channel.js';
import { cpuMs } from '../../support/cpu-ms.js';
import { fakeBackend, finish, text } from '../../support/fake-backend.js';
import { startRun } from '../../support/engine-run.js';

const many = (count: number): readonly number[] => Array.from({ length: count }, (_unused, index) => index);
const isOpen = async (promise: Promise<unknown> | undefined): Promise<boolean> => promise === undefined || Promise.race([promise.then(() => true), sleep(5, false)]);

describe('a channel', () => {
  it('gives everything that came since the last time, in order, then the end', async () => {
    const channel = createChannel<number>();
    channel.push([1]);
    channel.push([2, 3]);
    expect(await channel.next()).toEqual([1, 2, 3]);
    setTimeout(() => {
      channel.push([4]);
      channel.close();
    }, 5);
    expect(await channel.next()).toEqual([4]);
    expect(await channel.next()).toBeUndefined();
    expect(await channel.next()).toBeUndefined();
  });

  it('gives what came before an error, then the error', async () => {
    const channel = createChannel<number>();
    channel.push([1]);
    channel.close(new Error('refused'));
    expect(await channel.next()).toEqual([1]);
    await expect(channel.next()).rejects.toThrow('refused');
  });

  it('wakes a waiting reader when it is closed', async () => {
    const channel = createChannel<number>();
    const next = channel.next();
    channel.close();
    expect(await next).toBeUndefined();
  });

  it('leaves what is pushed as it was', async () => {
    const channel = createChannel<number>();
    const batch = Object.freeze([1, 2]);
    channel.push(batch);
    channel.push([3]);
    expect(await channel.next()).toEqual([1, 2, 3]);
    expect(batch).toEqual([1, 2]);
  });

  it('asks producers to wait while thousands of items do, and lets all of them go on when they are read', async () => {
    const channel = createChannel<number>();
    channel.push(many(4095));
    expect(channel.ready()).toBeUndefined();
    channel.push([1]);
    const waiting = [channel.ready(), channel.ready()];
    expect(await Promise.all(waiting.map(isOpen))).toEqual([false, false]);
    await channel.next();
    expect(await Promise.all(waiting.map(isOpen))).toEqual([true, true]);
    expect(channel.ready()).toBeUndefined();
  });

  it('drops everything, and holds nobody back, once its reader has left', async () => {
    const channel = createChannel<number>();
    channel.push(many(5000));
    const waiting = channel.ready();
    channel.drop();
    expect(await isOpen(waiting)).toBe(true);
    channel.push(many(5000));
    expect(channel.ready()).toBeUndefined();
    channel.close();
    expect(await channel.next()).toBeUndefined();
  });

  it('takes many small batches in linear time', async () => {
    const channel = createChannel<number>();
    let got: readonly number[] | undefined;
    const cost = await cpuMs(async () => {
      for (let batch = 0; batch < 20_000; batch += 1) channel.push([batch]);
      got = await channel.next();
    });
    expect(got?.length).toBe(20_000);
    expect(cost).toBeLessThan(1000);
  });
});

/** The number once it has stopped growing for a while. */
async function standstill(count: () => number): Promise<number> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await sleep(150);
  }
  return count();
}

describe('a slow reader', () => {
  const talk = (pieces: number) => {
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    return fakeBackend([...Array.from({ length: pieces }, (_unused, index) => [text(`${index} `), { type: 'reasoning-delta' as const, text: 'hm ' }, pause]).flat(), finish()]);
  };

  it('makes the provider wait instead of filling memory', async () => {
    const only = talk(20_000);
    const { events, log } = startRun({ only });
    for await (const event of events) if (event.type === 'text-delta') break;
    expect(log.at(-1)?.type).toBe('run-end');
    const slow = talk(20_000);
    const run = startRun({ slow });
    let before = 0;
    for await (const event of run.events) {
      if (event.type !== 'text-delta' || before > 0) continue;
      before = await standstill(slow.spoken);
    }
    expect(before).toBeLessThan(12_000);
    expect(slow.spoken()).toBe(40_001);
  });

  it('is not taken for a silent provider', async () => {
    const slow = talk(6000);
    const run = startRun({ slow }, { settings: { limits: { idleMs: 1500 } } });
    const kinds = new Set<string>();
    let paused = false;
    for await (const event of run.events) {
      kinds.add(event.type);
      if (event.type !== 'text-delta' || paused) continue;
      paused = true;
      await sleep(3500);
    }
    expect([...kinds]).not.toContain('retry-wait');
    expect(slow.requests).toHaveLength(1);
  });
});
