import { describe, expect, it } from '@jest/globals';
import { apply } from '../../../src/orchestrator/coordination/apply.js';
import { decide } from '../../../src/orchestrator/coordination/decide.js';
import { fold } from '../../../src/orchestrator/coordination/fold.js';
import { EMPTY } from '../../../src/orchestrator/coordination/state.js';
import type { CallResult, Fact, RunEvent } from '../../../src/orchestrator/protocol.js';
import { answers, openTable, says, votes } from '../../support/coordination.js';

const stamp = { seq: 1, at: '2026-11-21T10:15:00.000Z', t: 0, epoch: 1 };
const result: CallResult = { end: 'finish', reason: 'stop', text: 'late', toolCalls: [], items: [], usage: { inputTokens: 7, outputTokens: 7 }, usageSource: 'reported', draft: 'a late and long draft' };

describe('folding facts', () => {
  const table = openTable({ agents: ['a', 'b', 'c'] });
  table.reply('a', says('let me think'));
  table.reply('a', answers('A'));
  const state = table.state();
  const closed = { agent: 'a', turn: 1, call: 1 };

  const LATE: readonly Fact[] = [
    { type: 'call-end', ...closed, ...result, costMicros: 5 },
    { type: 'retry-wait', ...closed, attempt: 1, error: { code: 'backend-reset', message: 'x' }, until: 9 },
    { type: 'answer-reject', ...closed, reason: 'no_tool_calls', message: 'x' },
    { type: 'turn-end', agent: 'a', turn: 1, outcome: 'answer' },
    { type: 'time-up', which: 'turn', agent: 'a', turn: 1 },
    { type: 'vote-cast', agent: 'a', turn: 1, target: 'a', rev: 1, label: 'answer1.1', seen: { a: 1, b: 0, c: 0 }, reason: '', via: 'tool' },
    { type: 'vote-abstain', agent: 'a', turn: 1, seen: { a: 1, b: 0, c: 0 }, why: 'x' },
  ];

  it.each(LATE.map((fact) => [fact.type, fact] as const))('leaves the state as it is for a %s of a turn that is over', (_type, fact) => {
    expect(apply(state, { ...fact, t: 5 })).toEqual(state);
  });

  it('leaves the state as it is for facts and events that it does not know', () => {
    const unknown = { type: 'moon-rise', ...stamp } as unknown as RunEvent;
    expect(fold(state, unknown)).toBe(state);
  });

  it('leaves the state as it is for what is for eyes only', () => {
    expect(fold(state, { type: 'text-delta', of: 'reply', text: 'x', ...closed, ...stamp })).toBe(state);
    expect(fold(state, { type: 'notice', level: 'warning', message: 'x', ...stamp })).toBe(state);
  });

  it('gives the state that was decided on, through JSON too', () => {
    const play = openTable();
    play.reply('a', answers('A'));
    play.reply('b', answers('B'));
    play.reply('a', votes('agent1'));
    const again = (JSON.parse(JSON.stringify(play.facts)) as Fact[]).reduce((folded, fact) => apply(folded, { ...fact, t: 0 }), EMPTY);
    expect(again).toEqual(play.state());
  });
});

describe('deciding', () => {
  it('changes neither the state nor the input, and gives the same twice', () => {
    const table = openTable();
    const freeze = <Value>(value: Value): Value => {
      if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(freeze);
      }
      return value;
    };
    const state = freeze(table.state());
    const input = freeze({ type: 'call-end' as const, agent: 'a', turn: 1, call: 1, result, costMicros: 5, chance: 0.5, t: 3, at: stamp.at });
    expect(decide(state, input)).toEqual(decide(state, input));
  });

  it('says nothing before the start, after the end, or to a second start', () => {
    const table = openTable();
    const [start] = table.of('run-start');
    expect(decide(EMPTY, { type: 'tick', t: 0, at: stamp.at }).facts).toEqual([]);
    expect(decide(table.state(), { type: 'start', run: start!, t: 0, at: stamp.at }).facts).toEqual([]);
    table.input({ type: 'cancel', by: 'test' });
    expect(table.state().phase).toBe('ended');
    expect(decide(table.state(), { type: 'cancel', by: 'test', t: 0, at: stamp.at }).facts).toEqual([]);
  });

  it('begins no call that is not wanted', () => {
    const table = openTable();
    table.reply('a', answers('A'));
    expect(decide(table.state(), { type: 'call-begin', agent: 'a', turn: 2, call: 1, t: 0, at: stamp.at }).facts).toEqual([]);
  });
});
