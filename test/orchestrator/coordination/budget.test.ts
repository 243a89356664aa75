import { describe, expect, it } from '@jest/globals';
import { costOf } from '../../../src/orchestrator/coordination/budget.js';
import type { Price } from '../../../src/orchestrator/protocol.js';
import { answers, breaks, openTable, says, submits, restarts, teamOf, votes, type Table } from '../../support/coordination.js';

const PRICE: Price = { input: 1, cachedInput: 0.1, output: 10, source: 'config' };
/** The prompts are long, so that what a call reserves is mostly this. */
const OUTPUT = 10_000;
const CALL = 11_000;

const withTokens = (maxTokens: number, more: object = {}, ids = ['a', 'b']): Table => openTable({ agents: teamOf(ids, { maxOutputTokens: OUTPUT }), settings: { budget: { maxTokens }, ...more } });
const spends = { inputTokens: 500, outputTokens: OUTPUT };

describe('a budget', () => {
  it('lets no call start that does not fit with what is spent and what is reserved', () => {
    const table = withTokens(2 * CALL, {}, ['a', 'b', 'c']);
    expect(table.asked()).toEqual(['a answer', 'b answer']);
    expect(table.lastCall('a').reserved.tokens).toBeGreaterThan(OUTPUT);
    table.reply('a', answers('short'), { inputTokens: 10, outputTokens: 10 });
    expect(table.asked()).toEqual(['b answer', 'c answer']);
  });

  it('that is reached ends the run with the best answer as it stands, unpaid for', () => {
    const table = withTokens(2 * CALL, { strategy: 'winner_present' });
    table.reply('a', answers('A'), spends);
    table.reply('b', answers('B'), spends);
    expect(table.of('budget-reach')).toMatchObject([{ tokens: 2 * 10_500 }]);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', finish: 'reuse', basis: 'none' }]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'A', source: 'winner', marks: ['budget'] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('knows whether it is reckoned with estimates: a call that used nothing is none', () => {
    const table = openTable({ agents: ['a', 'b'] });
    table.reply('a', { ...breaks('backend-overloaded'), usageSource: 'estimated' }, { inputTokens: 0, outputTokens: 0 });
    expect(table.state().spent.estimated).toBe(false);
    table.reply('b', { ...breaks('backend-reset'), usageSource: 'estimated' }, { inputTokens: 7, outputTokens: 0 });
    expect(table.state().spent).toMatchObject({ tokens: 7, estimated: true });
  });

  it('that does not pay for one first answer fails the run and says what to raise', () => {
    const table = withTokens(10);
    expect(table.of('call-start')).toEqual([]);
    expect(table.of('run-end')).toMatchObject([{ status: 'failed', error: { code: 'budget-exhausted', message: expect.stringContaining('--max-cost') } }]);
  });

  it('does not pay for a presentation that does not fit: the stored answer is delivered', () => {
    const table = withTokens(4 * CALL, { strategy: 'winner_present' });
    for (const agent of ['a', 'b']) table.reply(agent, answers(agent), spends);
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent2'), spends);
    expect(table.of('turn-start').some(({ kind }) => kind === 'present')).toBe(false);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'b', marks: ['budget'] }]);
  });

  it('comes to rest when time is over too and the presentation cannot be paid', () => {
    const table = withTokens(2 * OUTPUT + 500, { strategy: 'winner_present', limits: { totalMs: 100_000 } });
    table.reply('a', answers('A'), spends);
    table.advance(80_000);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', text: 'A' }]);
    expect(table.of('run-end')).toHaveLength(1);
  });

  it('leaves no mark on an answer that is delivered without another call', () => {
    const table = withTokens(4 * CALL);
    for (const agent of ['a', 'b']) table.reply(agent, answers(agent), spends);
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent2'), spends);
    expect(table.of('budget-reach')).toEqual([]);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'b', marks: [] }]);
  });

  it('counts calls that failed, by what they reported or were estimated at', () => {
    const table = withTokens(2 * CALL);
    table.reply('a', breaks('backend-reset'), spends);
    expect(table.state().spent.tokens).toBe(10_500);
    table.advance();
    expect(table.asked()).toEqual(['b answer']);
  });

  it('keeps the winner when a restart cannot be paid', () => {
    const table = withTokens(5 * CALL, { maxRestarts: 1 });
    for (const agent of ['a', 'b']) table.reply(agent, answers(agent), spends);
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent2'), spends);
    expect(table.asked()).toEqual(['a evaluate']);
    table.reply('a', restarts(), spends);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'b' }]);
  });

  it('covers the check of the result', () => {
    const table = withTokens(5 * CALL, { maxRestarts: 1 });
    for (const agent of ['a', 'b']) table.reply(agent, answers(agent), spends);
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent2'), spends);
    table.reply('a', submits(), { inputTokens: 400, outputTokens: 20 });
    expect(table.state().spent.tokens).toBe(4 * 10_500 + 420);
  });
});

describe('money', () => {
  it('is counted in millionths of a dollar, cached tokens at their own price, rounded up', () => {
    expect(costOf({ inputTokens: 1000, cachedInputTokens: 400, outputTokens: 3 }, PRICE)).toBe(600 + 40 + 30);
    expect(costOf({ inputTokens: 0, cachedInputTokens: 50, outputTokens: 0 }, PRICE)).toBe(0);
    expect(costOf({ inputTokens: 1, cachedInputTokens: 1, outputTokens: 0 }, PRICE)).toBe(1);
  });

  it('limits calls by what they would cost', () => {
    const agents = teamOf(['a', 'b'], { price: PRICE, maxOutputTokens: 100 });
    const table = openTable({ agents, settings: { budget: { maxCostMicros: 2000 } } });
    expect(table.lastCall('a').reserved.costMicros).toBeGreaterThan(1000);
    expect(table.asked()).toEqual(['a answer']);
  });

  it('of a run with a call of unknown price is unknown', () => {
    const table = openTable({ agents: ['only'] });
    table.reply('only', says('Four.'));
    expect(table.of('run-end')).toMatchObject([{ costMicros: null, usage: { inputTokens: 10, outputTokens: 10 } }]);
  });
});
