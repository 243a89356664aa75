import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '../../../src/orchestrator/index.js';
import { foldAll, ofType, playRun, startRun } from '../../support/engine-run.js';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { answer, deaf, error, fakeBackend, finish, hang, say, text, toolCall, usage, vote } from '../../support/fake-backend.js';

describe('a run', () => {
  it('of agents that agree makes two calls each and delivers the answer as it was given', async () => {
    const a = fakeBackend(answer('Four.'), vote('agent2'));
    const b = fakeBackend(answer('It is 4.'), vote('agent2'));
    const { events, state } = await playRun({ a, b });
    expect([a.requests.length, b.requests.length]).toEqual([2, 2]);
    expect(state.final).toMatchObject({ agent: 'b', text: 'It is 4.', source: 'winner' });
    expect(state.ending).toMatchObject({ status: 'completed', usage: { inputTokens: 60, outputTokens: 14 } });
    expect(events.at(-1)?.type).toBe('run-end');
    expect(a.requests[1]).toMatchObject({ callIndex: 1, toolChoice: 'required', idempotencyKey: 's-a-2-1', cacheKey: a.requests[0]?.cacheKey });
    expect(a.requests[1]?.tools).toEqual(a.requests[0]?.tools);
  });

  it('of agents that come one after the other asks voters again only about what is new', async () => {
    const a = fakeBackend(answer('A'), vote('agent1'), vote('agent3'));
    const b = fakeBackend(answer('B'), [30, ...vote('agent1')], vote('agent3'));
    const c = fakeBackend([20, ...answer('C')], [30, ...answer('C, better')], vote('agent3'));
    const { state } = await playRun({ a, b, c });
    expect([a, b, c].map(({ requests }) => requests.length)).toEqual([3, 3, 3]);
    expect(a.requests[2]?.messages.length).toBe((a.requests[1]?.messages.length ?? 0) + 3);
    expect(state.final).toMatchObject({ agent: 'c', text: 'C, better' });
  });

  it('makes no call that is not in its log when a late answer has others asked again', async () => {
    let letGo = (): void => undefined;
    const voted = new Promise<void>((resolve) => (letGo = resolve));
    const late = fakeBackend([() => voted, ...answer('Late')], [30, ...vote('agent2')]);
    const early = fakeBackend(answer('Early'), vote('agent1'), vote('agent2'));
    const { events } = startRun({ late, early }, { settings: { patience: false } });
    const all: RunEvent[] = [];
    for await (const event of events) {
      all.push(event);
      if (event.type === 'vote-cast') letGo();
    }
    const sent = [...late.requests, ...early.requests].map(({ idempotencyKey }) => idempotencyKey);
    expect(sent.toSorted()).toEqual(ofType(all, 'call-start').map(({ key }) => key).toSorted());
    expect(foldAll(all).final).toMatchObject({ agent: 'late', text: 'Late' });
  });

  it('of one agent is one call', async () => {
    const only = fakeBackend(say('Four.'));
    const { state } = await playRun({ only });
    expect(only.requests).toMatchObject([{ messages: [{ role: 'user', content: 'How many?' }], tools: [], toolChoice: 'auto', callIndex: 0 }]);
    expect(state.final).toMatchObject({ text: 'Four.', source: 'solo' });
  });

  it('waits as long as a provider asks before it asks again', async () => {
    const a = fakeBackend([error('backend-overloaded', { retryAfterMs: 120 })], answer('A'), vote('agent1'));
    const b = fakeBackend(answer('B'), vote('agent1'));
    const { state, events } = await playRun({ a, b });
    expect(a.times[1]! - a.times[0]!).toBeGreaterThanOrEqual(118);
    expect(ofType(events, 'retry-wait')).toMatchObject([{ agent: 'a', attempt: 1, error: { code: 'backend-overloaded' } }]);
    expect(a.requests[1]).toMatchObject({ callIndex: 1, idempotencyKey: a.requests[0]?.idempotencyKey, messages: a.requests[0]?.messages });
    expect(state.ending?.status).toBe('completed');
  });

  it('pays nothing for what a provider turned away, and goes on within its budget', async () => {
    const refused: BackendEvent = { type: 'error', error: { code: 'backend-overloaded', message: 'slow down', retryAfterMs: 1 }, refused: true };
    const only = fakeBackend([refused], [refused], say('Four.'));
    const { state, events } = await playRun({ only }, { task: 'x'.repeat(4000), settings: { budget: { maxTokens: 4000 } } });
    expect(state.final).toMatchObject({ text: 'Four.', marks: [] });
    expect(state.ending?.usage).toMatchObject({ inputTokens: 10, outputTokens: 5 });
    expect(ofType(events, 'run-end')[0]).not.toHaveProperty('estimated');
  });

  it('says that its usage is an estimate where a provider did not report it', async () => {
    const { state, events } = await playRun({ only: fakeBackend([text('Four.'), finish()]) });
    expect(state.spent.estimated).toBe(true);
    expect(ofType(events, 'run-end')).toMatchObject([{ estimated: true }]);
  });

  it('lets a call be held back as long as a back-off may last and there is time', async () => {
    const only = fakeBackend(say('Four.'));
    await playRun({ only }, { settings: { retry: { maxMs: 60_000 }, limits: { totalMs: 100_000 } } });
    expect(only.requests).toMatchObject([{ waitMs: 30_000 }]);
    const hurried = fakeBackend(say('Four.'));
    await playRun({ hurried }, { settings: { retry: { maxMs: 60_000 }, limits: { totalMs: 20_000 } } });
    expect(hurried.requests[0]?.waitMs).toBeLessThanOrEqual(16_000);
  });

  it('asks a silent provider again and then goes on without it', async () => {
    const a = fakeBackend([text('Let me'), hang]);
    const b = fakeBackend(answer('B'), vote('agent2'));
    const { state, events } = await playRun({ a, b }, { settings: { limits: { idleMs: 40 }, retry: { attempts: 2, baseMs: 5, maxMs: 5 } } });
    expect(a.requests).toHaveLength(2);
    expect(a.signals.every(({ aborted }) => aborted)).toBe(true);
    expect(ofType(events, 'agent-fail')).toMatchObject([{ agent: 'a', error: { code: 'backend-silent', message: 'fake (m) sent nothing for 0.04 s' } }]);
    expect(state.final?.text).toBe('B');
  });

  it('ends at its time limit with what there is, though a provider neither speaks nor obeys', async () => {
    const a = fakeBackend([text('My draft'), deaf]);
    const b = fakeBackend([deaf]);
    const { state } = await playRun({ a, b }, { settings: { limits: { totalMs: 800 } } });
    expect(a.signals[0]?.aborted).toBe(true);
    expect(state.final).toMatchObject({ agent: 'a', text: 'My draft', source: 'draft', marks: ['time-limit', 'draft'] });
  });

  it('keeps what an aborted call had written of its answer, read out of the tool call', async () => {
    const pieces = toolCall('new_answer', { content: 'Four, "because"\n2 + 2' }, 3);
    const a = fakeBackend([...pieces.slice(0, -3), hang]);
    const b = fakeBackend([hang]);
    const { events } = await playRun({ a, b }, { settings: { limits: { totalMs: 800 } } });
    expect(ofType(events, 'call-end')[0]).toMatchObject({ agent: 'a', end: 'aborted', usageSource: 'estimated', draft: expect.stringMatching(/^Four, "because"\n/u) });
    expect(ofType(events, 'answer-final')[0]?.text).toMatch(/^Four, "because"\n/u);
  });

  it('ends at its time limit though a provider never stops talking', async () => {
    const flood = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const talk = Array.from({ length: 300_000 }, (_unused, index) => (index % 2 === 0 ? text('blah ') : flood));
    const [a, b] = [fakeBackend(talk), fakeBackend(talk)];
    await playRun({ a, b }, { settings: { limits: { totalMs: 200 } } });
    expect(a.spoken() + b.spoken()).toBeLessThan(300_000);
  });

  it('asks again in time though another provider never stops talking', async () => {
    const flood = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const talk = Array.from({ length: 300_000 }, (_unused, index) => (index % 2 === 0 ? text('blah ') : flood));
    const a = fakeBackend([error('backend-overloaded', { retryAfterMs: 50 })], answer('A'), vote('agent1'));
    await playRun({ a, b: fakeBackend(talk) }, { settings: { limits: { totalMs: 2000 } } });
    expect(a.times[1]! - a.times[0]!).toBeLessThan(1500);
  });

  it('waits without work for what ends a call, though its time is over', async () => {
    let looks = 0;
    const now = (): number => {
      looks += 1;
      return performance.now();
    };
    let ended = 0;
    const cost = async (): Promise<number> => {
      ended += 1;
      return ended > 4 ? sleep(200, 1) : 1;
    };
    const a = fakeBackend(answer('A'), vote('agent1'), [hang]);
    await playRun({ a, b: fakeBackend(answer('B'), vote('agent2')) }, { settings: { limits: { totalMs: 1500 } }, deps: { cost, now } });
    expect(a.requests).toHaveLength(3);
    expect(looks).toBeLessThan(60);
  });

  it('of which every agent fails ends with the reasons', async () => {
    const { events, log } = await playRun({ a: fakeBackend([error('backend-rejected')]), b: fakeBackend([error('quota-exhausted')]) });
    expect(ofType(events, 'agent-fail').map(({ agent }) => agent)).toEqual(['a', 'b']);
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'failed', error: { code: 'agents-failed', message: 'no agent answered (a: backend-rejected!; b: quota-exhausted!)' } });
    expect(log).toEqual(events);
  });

  it('that its budget does not pay for ends, and says so', async () => {
    const { events } = await playRun({ a: fakeBackend(say('Four.')) }, { settings: { budget: { maxTokens: 5 } } });
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'failed', error: { code: 'budget-exhausted' } });
  });

  it('reports what scripted backends complain of', async () => {
    const a = { ...fakeBackend(answer('A'), vote('agent1')), complaint: (calls: number) => ({ code: 'script-mismatch' as const, message: `asked ${calls} times, not 3` }) };
    const b = fakeBackend(answer('B'), vote('agent1'));
    const { state } = await playRun({ a, b });
    expect(state.ending).toMatchObject({ status: 'failed', error: { code: 'script-mismatch', message: 'asked 2 times, not 3' } });
    expect(state.final?.text).toBe('A');
  });
});

describe('a cancelled run', () => {
  it('stops every call and ends in order', async () => {
    const stop = new AbortController();
    const a = fakeBackend(answer('A'), [hang]);
    const b = fakeBackend(answer('B'), [hang]);
    const { events, log } = startRun({ a, b }, { signal: stop.signal });
    const seen: RunEvent[] = [];
    for await (const event of events) {
      seen.push(event);
      if (event.type === 'call-start' && event.index === 1 && event.agent === 'b') stop.abort('SIGINT');
    }
    expect(ofType(seen, 'cancel-request')).toMatchObject([{ by: 'SIGINT' }]);
    expect([a.signals[1]?.aborted, b.signals[1]?.aborted]).toEqual([true, true]);
    expect(foldAll(seen).ending).toMatchObject({ status: 'cancelled', error: { code: 'run-cancelled' } });
    expect(foldAll(seen).final).toMatchObject({ text: 'A', marks: ['cancelled'] });
    expect(log).toEqual(seen);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('that was cancelled before it began calls nobody', async () => {
    const a = fakeBackend(answer('A'));
    const { state } = await playRun({ a, b: a }, { signal: AbortSignal.abort() });
    expect(state.ending?.status).toBe('cancelled');
    expect(a.requests).toEqual([]);
  });

  it('whose reader leaves aborts every call, completes its log and then lets it go', async () => {
    const a = fakeBackend([text('thinking '), hang]);
    const b = fakeBackend([text('thinking '), deaf]);
    const stop = new AbortController();
    const { events, log, released } = startRun({ a, b }, { signal: stop.signal });
    for await (const event of events) if (event.type === 'text-delta') break;
    expect([...a.signals, ...b.signals].map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(ofType(log, 'call-end')).toHaveLength(2);
    expect(ofType(log, 'cancel-request')).toMatchObject([{ by: 'reader left' }]);
    expect(log.at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect(released()).toBe(1);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('whose reader throws is cancelled too', async () => {
    const a = fakeBackend([hang]);
    const { events, log } = startRun({ a, b: a });
    const reading = (async () => {
      for await (const event of events) if (event.type === 'call-start') throw new Error(event.key);
    })();
    await expect(reading).rejects.toThrow('s-a-1-1');
    expect(log.at(-1)?.type).toBe('run-end');
  });
});

describe('tokens and money', () => {
  it('are what the provider reports, of which the last report counts', async () => {
    const only = fakeBackend([usage(1, 1), text('Four.'), usage(100, 20, { cachedInputTokens: 40, reasoningTokens: 7 }), { type: 'finish', reason: 'stop' }]);
    const { events, state } = await playRun({ only });
    expect(ofType(events, 'call-end')[0]).toMatchObject({ usageSource: 'reported', usage: { inputTokens: 100, outputTokens: 20 } });
    expect(state.ending?.usage).toMatchObject({ inputTokens: 100, outputTokens: 20, cachedInputTokens: 40, reasoningTokens: 7 });
  });

  it('are estimated, and marked so, where the provider is silent about them', async () => {
    const a = fakeBackend([{ type: 'reasoning-delta', text: 'x'.repeat(40) }, ...toolCall('new_answer', { content: 'y'.repeat(85) }), { type: 'finish', reason: 'tool-calls' }], vote('agent1'));
    const { events } = await playRun({ a, b: fakeBackend(answer('B'), vote('agent1')) });
    const end = ofType(events, 'call-end').find(({ agent }) => agent === 'a');
    expect(end).toMatchObject({ usageSource: 'estimated', usage: { outputTokens: 25 + 10, reasoningTokens: 10 } });
    expect(end?.usage.inputTokens).toBeGreaterThan(200);
  });

  it('cost what the provider says, else what the price list says', async () => {
    const cost = (_agent: string, { outputTokens }: { outputTokens: number }) => Promise.resolve(outputTokens * 3);
    const a = fakeBackend([text('Four.'), usage(1, 7, { costMicros: 1234 }), { type: 'finish', reason: 'stop' }]);
    expect((await playRun({ a }, { deps: { cost } })).state.ending?.costMicros).toBe(1234);
    expect((await playRun({ a: fakeBackend(say('Four.')) }, { deps: { cost } })).state.ending?.costMicros).toBe(15);
  });

  it('of unknown price leave the run to end well when the price list cannot be had', async () => {
    const { state } = await playRun({ only: fakeBackend(say('Four.')) }, { deps: { cost: () => Promise.reject(new Error('no list')) }, settings: { limits: { totalMs: 20_000 } } });
    expect(state.ending).toMatchObject({ status: 'completed', costMicros: null });
  });
});
