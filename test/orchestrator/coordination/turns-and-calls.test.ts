import { describe, expect, it } from '@jest/globals';
import { answers, breaks, openTable, says, votes } from '../../support/coordination.js';

describe('a first answer', () => {
  it('is asked of every agent at once', () => {
    expect(openTable({ agents: ['a', 'b', 'c'] }).asked()).toEqual(['a answer', 'b answer', 'c answer']);
  });

  it('is not interrupted by the answers of others', () => {
    const table = openTable({ agents: ['a', 'b', 'c'] });
    table.reply('a', answers('A'));
    table.reply('b', answers('B'));
    expect(table.asked()).toEqual(['c answer']);
    expect(table.messages('c')).toHaveLength(2);
    expect(table.prompt('c')).toContain('(no answers available yet)');
  });

  it('is given up when its time limit and grace are over, and then the agent votes', () => {
    const table = openTable({ settings: { limits: { firstTurnMs: 5000, graceMs: 1000 } } });
    table.reply('a', answers('A'));
    table.advance(5999);
    expect(table.asked()).toEqual(['b answer']);
    table.advance(1);
    expect(table.of('turn-end').at(-1)).toMatchObject({ agent: 'b', outcome: 'aborted' });
    expect(table.asked()).toEqual(['a vote', 'b vote']);
  });
});

describe('a turn', () => {
  it('has three replies at most', () => {
    const table = openTable();
    for (let reply = 0; reply < 3; reply += 1) table.reply('a', says(''));
    expect(table.of('answer-reject').map(({ call }) => call)).toEqual([1, 2, 3]);
    expect(table.of('turn-end')).toMatchObject([{ agent: 'a', outcome: 'nothing' }]);
    expect(table.asked()).toEqual(['b answer']);
  });

  it('counts transport retries apart from replies', () => {
    const table = openTable();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      table.reply('a', breaks('backend-reset'));
      table.advance();
    }
    table.reply('a', says(''));
    table.reply('a', says(''));
    expect(table.asked()).toContain('a answer');
    expect(table.lastCall('a')).toMatchObject({ turn: 1, call: 6, attempt: 1, index: 5 });
  });

  it('hears nothing of a call that is over', () => {
    const table = openTable();
    table.reply('a', says('let me think'));
    const before = structuredClone(table.state());
    const late = { end: 'finish' as const, reason: 'tool-calls' as const, text: '', toolCalls: [{ id: 'x', name: 'new_answer', argumentsText: '{"content":"late"}' }], items: [], usage: { inputTokens: 1, outputTokens: 1 }, usageSource: 'reported' as const };
    table.input({ type: 'call-end', agent: 'a', turn: 1, call: 1, result: late, costMicros: 5, chance: 0 });
    table.input({ type: 'call-end', agent: 'a', turn: 7, call: 2, result: late, costMicros: 5, chance: 0 });
    table.input({ type: 'call-end', agent: 'nobody', turn: 1, call: 2, result: late, costMicros: 5, chance: 0 });
    expect(table.state()).toEqual(before);
  });

  it('that ran out of time while voting counts as an abstention', () => {
    const table = openTable({ settings: { limits: { laterTurnMs: 5000, graceMs: 0 } } });
    table.reply('a', answers('A'));
    table.reply('b', answers('B'));
    table.reply('a', votes('agent1'));
    table.advance(5000);
    expect(table.of('vote-abstain')).toMatchObject([{ agent: 'b', seen: { a: 1, b: 1 } }]);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', unanimous: false }]);
  });
});

describe('a failing provider', () => {
  it('is asked again after a back-off that doubles, with the same idempotency key', () => {
    const table = openTable({ settings: { retry: { attempts: 4, baseMs: 1000, maxMs: 60_000 } } });
    const waits = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const before = table.of('call-end').length;
      table.reply('a', breaks('backend-overloaded'));
      waits.push(table.of('retry-wait').at(-1));
      expect(table.of('call-end')).toHaveLength(before + 1);
      table.advance();
    }
    expect(waits.map((wait) => wait?.until)).toEqual([750, 750 + 1500, 750 + 1500 + 3000]);
    expect(new Set(table.of('call-start').flatMap(({ agent, key }) => (agent === 'a' ? [key] : []))).size).toBe(1);
    expect(table.lastCall('a')).toMatchObject({ call: 4, attempt: 4, messages: [] });
  });

  it('is not asked before the time it names, however long the back-off would be', () => {
    const table = openTable({ settings: { retry: { attempts: 4, baseMs: 100, maxMs: 500 } } });
    table.reply('a', breaks('backend-overloaded', { retryAfterMs: 20_000 }));
    expect(table.of('retry-wait')[0]?.until).toBeGreaterThanOrEqual(20_000);
    table.advance(19_999);
    expect(table.asked()).toEqual(['b answer']);
    table.advance();
    expect(table.asked()).toEqual(['a answer', 'b answer']);
  });

  it('waits no longer than the ceiling of the back-off', () => {
    const table = openTable({ settings: { retry: { attempts: 9, baseMs: 1000, maxMs: 2000 } } });
    for (let attempt = 0; attempt < 6; attempt += 1) {
      table.reply('a', breaks('backend-reset'));
      table.advance();
    }
    const gaps = table.of('retry-wait').map(({ until }, index, all) => until - (all[index - 1]?.until ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2000);
  });

  it('fails its agent after the last attempt, and the others go on', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings: { retry: { attempts: 2 } } });
    table.reply('a', breaks('backend-unavailable'));
    table.advance();
    table.reply('a', breaks('backend-unavailable'));
    expect(table.of('agent-fail')).toMatchObject([{ agent: 'a', error: { code: 'backend-unavailable' } }]);
    table.reply('b', answers('B'));
    table.reply('c', answers('C'));
    expect(table.asked()).toEqual(['b vote', 'c vote']);
  });

  it('fails its agent at once when asking again cannot help', () => {
    const table = openTable();
    table.reply('a', breaks('backend-rejected'));
    expect(table.of('retry-wait')).toEqual([]);
    expect(table.state().agents['a']?.failed?.code).toBe('backend-rejected');
  });

  it('fails its agent when it could only be asked again after the time is over', () => {
    const table = openTable({ settings: { limits: { totalMs: 100_000 } } });
    table.reply('a', breaks('backend-overloaded', { retryAfterMs: 90_000 }));
    expect(table.of('retry-wait')).toEqual([]);
    expect(table.state().agents['a']?.failed).toMatchObject({ code: 'backend-overloaded', message: expect.stringMatching(/; it asks to wait 90 s, which is longer than this run has$/u) });
  });

  it('ends the run when all are down, with the reason of each', () => {
    const table = openTable();
    table.reply('a', breaks('backend-rejected', { message: 'key refused' }));
    table.reply('b', breaks('quota-exhausted', { message: 'no credit' }));
    const [end] = table.of('run-end');
    expect(end).toMatchObject({ status: 'failed', error: { code: 'agents-failed' } });
    expect(end?.error?.message).toContain('a: key refused');
    expect(end?.error?.message).toContain('b: no credit');
  });

  it('whose draft was shown is asked again, and the draft is withdrawn', () => {
    const table = openTable();
    table.reply('a', breaks('backend-reset', { draft: 'It is ' }));
    expect(table.of('draft-discard')).toMatchObject([{ agent: 'a', turn: 1, call: 1 }]);
    table.advance();
    expect(table.lastCall('a')).toMatchObject({ call: 2, attempt: 2 });
  });

  it('that ends a call by itself counts as a lost connection', () => {
    const table = openTable();
    table.reply('a', { end: 'aborted' });
    expect(table.of('retry-wait')[0]?.error.code).toBe('backend-reset');
  });
});
