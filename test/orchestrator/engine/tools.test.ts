import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Backend } from '../../../src/backends/contract.js';
import type { RunEvent } from '../../../src/orchestrator/index.js';
import type { Tool } from '../../../src/orchestrator/tools/contract.js';
import type { RunTools } from '../../../src/orchestrator/tools/run-tools.js';
import { answer, fakeBackend, finish, say, toolCall, vote, type Step } from '../../support/fake-backend.js';
import { ofType, playRun, type EngineOptions } from '../../support/engine-run.js';
import { tool, toolboxOf } from '../../support/tools.js';

const uses = (...names: readonly string[]): readonly Step[] => [...names.flatMap((name) => toolCall(name, {}, 7, `${name}_id`)), finish('tool-calls')];

function runTools(tools: readonly Tool[], more: Partial<RunTools> = {}): RunTools & { readonly closed: () => number } {
  let closed = 0;
  return {
    open: () => toolboxOf(tools),
    close: async () => {
      closed += 1;
      await Promise.resolve();
    },
    closed: () => closed,
    ...more,
  };
}

const play = (backends: Readonly<Record<string, Backend>>, tools: RunTools, options: EngineOptions = {}) => playRun(backends, { ...options, agents: { ownTools: true, otherTools: true }, deps: { ...options.deps, tools } });

const kinds = (events: readonly RunEvent[]): readonly string[] => events.filter(({ type }) => type.startsWith('tool')).map(({ type }) => type);

describe('a run whose agents have tools', () => {
  it('offers them, runs what is called and tells the model', async () => {
    const a = fakeBackend(uses('look'), answer('seen'), vote('agent1'));
    const b = fakeBackend(answer('blind'), vote('agent1'));
    const tools = runTools([tool('look', () => ({ text: 'a view' }))]);
    const { events, state } = await play({ a, b }, tools);
    expect(state.final?.text).toBe('seen');
    expect(a.requests[0]?.tools.map(({ name }) => name)).toEqual(['new_answer', 'vote', 'look']);
    expect(a.requests[1]?.messages.at(-1)).toEqual({ role: 'tool', callId: 'look_id', name: 'look', text: 'a view' });
    expect(ofType(events, 'tool-end')).toMatchObject([{ agent: 'a', turn: 1, call: 1, id: 'look_id', name: 'look', status: 'ok', text: 'a view' }]);
    expect(tools.closed()).toBe(1);
  });

  it('runs several at once', async () => {
    let most = 0;
    let running = 0;
    const slow = async (): Promise<{ text: string }> => {
      most = Math.max(most, (running += 1));
      await sleep(20);
      running -= 1;
      return { text: 'ok' };
    };
    await play({ a: fakeBackend(uses('one', 'two', 'three'), say('done')) }, runTools(['one', 'two', 'three'].map((name) => tool(name, slow))));
    expect(most).toBe(3);
  });

  it('has the start of a tool in the log before it runs', async () => {
    const log: RunEvent[] = [];
    let known: readonly string[] = [];
    const append = (batch: readonly RunEvent[]): Promise<undefined> => {
      log.push(...batch);
      return Promise.resolve(undefined);
    };
    const look = tool('look', () => {
      known = kinds(log);
      return { text: 'ok' };
    });
    await play({ a: fakeBackend(uses('look'), say('done')) }, runTools([look]), { deps: { append } });
    expect(known).toEqual(['tools-offer', 'tool-start']);
  });

  it('aborts a tool that does not listen when the run is stopped, and ends in order', async () => {
    const stop = new AbortController();
    let heard = false;
    const deaf = tool('hang', (_args, { signal }) => {
      signal.addEventListener('abort', () => (heard = true));
      setTimeout(() => {
        stop.abort('test');
      }, 20);
      return new Promise(() => undefined);
    });
    const tools = runTools([deaf]);
    const { events, state } = await play({ a: fakeBackend(uses('hang')) }, tools, { signal: stop.signal });
    expect(ofType(events, 'tool-end')).toMatchObject([{ status: 'aborted' }]);
    expect([heard, state.ending?.status, tools.closed()]).toEqual([true, 'cancelled', 1]);
  });

  it('shows how far a long call is, no more often than anybody can read', async () => {
    const talks = tool('talk', async (_args, { progress }) => {
      for (let step = 0; step < 1000; step += 1) progress(`step ${step}`);
      await sleep(1);
      return { text: 'ok' };
    });
    const { events } = await play({ a: fakeBackend(uses('talk'), say('done')) }, runTools([talks]));
    const shown = ofType(events, 'tool-progress').map(({ message }) => message);
    expect(shown[0]).toBe('step 0');
    expect(shown.length).toBeLessThan(20);
  });

  it('goes on without tools that could not be opened, and says so to the agent', async () => {
    const a = fakeBackend(say('done'));
    const { state } = await play({ a }, runTools([], { open: () => Promise.reject(new Error('no such thing')) }));
    expect(state.final?.text).toBe('done');
    expect(JSON.stringify(a.requests[0]?.messages)).toContain('Your tools could not be opened: no such thing');
  });

  it('ends though a toolbox never opens, and tells it to stop', async () => {
    let told = false;
    const open: RunTools['open'] = (_agent, signal) => {
      signal.addEventListener('abort', () => (told = true));
      return new Promise(() => undefined);
    };
    const { state } = await play({ a: fakeBackend(say('done')) }, runTools([], { open }), { settings: { limits: { totalMs: 100 } } });
    expect([state.ending?.status, told]).toEqual(['timeout', true]);
  });

  it('delivers before the run ends, and passes on what went wrong with it', async () => {
    const order: string[] = [];
    const settle: RunTools['settle'] = async (batch) => {
      await sleep(5);
      for (const { type } of batch) if (type === 'answer-accept' || type === 'answer-final' || type === 'run-end') order.push(type);
      return batch.some(({ type }) => type === 'answer-final') ? [{ level: 'warning', message: 'could not be copied' }] : [];
    };
    const { events } = await play({ a: fakeBackend(say('done')) }, runTools([], { settle }));
    expect(order).toEqual(['answer-accept', 'answer-final', 'run-end']);
    expect(ofType(events, 'notice')).toMatchObject([{ level: 'warning', message: 'could not be copied' }]);
    expect(events.at(-1)?.type).toBe('run-end');
  });

  it('opens nothing for agents that have none', async () => {
    let opened = 0;
    const tools = runTools([], { open: () => Promise.reject(new Error(String((opened += 1)))) });
    const { state } = await playRun({ a: fakeBackend(say('done')) }, { deps: { tools } });
    expect([state.ending?.status, opened]).toEqual(['completed', 0]);
  });
});
