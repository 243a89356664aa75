import { describe, expect, it } from '@jest/globals';
import { createStop, toAbortSignal } from '../../src/orchestrator/stop-signal.js';

describe('a stop signal', () => {
  it('tells everybody who listens once, with the first reason', () => {
    const { signal, abort } = createStop();
    const heard: unknown[] = [];
    const deaf = (): number => heard.push('deaf');
    signal.addEventListener('abort', () => heard.push(signal.reason));
    signal.addEventListener('abort', deaf);
    signal.removeEventListener('abort', deaf);
    expect(signal.aborted).toBe(false);
    abort('enough');
    abort('more');
    expect([signal.aborted, ...heard]).toEqual([true, 'enough']);
  });

  it('can be had as an AbortSignal, before and after', () => {
    const { signal, abort } = createStop();
    const before = toAbortSignal(signal);
    expect(before.aborted).toBe(false);
    abort('enough');
    expect([before, toAbortSignal(signal)].map(({ aborted, reason }): unknown => [aborted, reason])).toEqual([[true, 'enough'], [true, 'enough']]);
  });
});
