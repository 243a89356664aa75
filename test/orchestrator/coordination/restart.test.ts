import { describe, expect, it } from '@jest/globals';
import { answers, breaks, calls, openTable, restarts, says, submits, votes, type Table, type TableOptions } from '../../support/coordination.js';

/** Two agents agree on `b`; `a` checks. */
function checking(options: TableOptions = {}): Table {
  const table = openTable({ ...options, settings: { maxRestarts: 1, ...options.settings } });
  table.reply('a', answers('A1'));
  table.reply('b', answers('B1'));
  table.reply('a', votes('agent2'));
  table.reply('b', votes('agent2'));
  return table;
}

describe('a result that is checked', () => {
  it('is delivered when its checker submits it', () => {
    const table = checking();
    expect(table.asked()).toEqual(['a evaluate']);
    expect(table.lastCall('a')).toMatchObject({ tools: 'evaluation', choice: 'required' });
    table.reply('a', submits());
    expect(table.of('evaluation-end')).toMatchObject([{ agent: 'a', verdict: 'submit' }]);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'B1' }]);
  });

  it.each([
    ['fails', [breaks()]],
    ['gives no verdict in three replies', [says('fine'), says('fine'), says('fine')]],
  ])('is delivered when its checker %s', (_what, replies) => {
    const table = checking();
    for (const reply of replies) table.reply('a', reply);
    expect(table.of('evaluation-end')).toMatchObject([{ verdict: 'submit', reason: expect.stringContaining('not checked') }]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'B1', marks: [] }]);
    expect(table.of('agent-fail')).toEqual([]);
  });

  it('is delivered when time is over before the verdict', () => {
    const table = checking({ settings: { limits: { totalMs: 100_000 } } });
    table.advance(100_000);
    expect(table.of('answer-final')).toMatchObject([{ text: 'B1' }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('is checked once in a run without restarts left, and not at all without any', () => {
    expect(checking({ settings: { maxRestarts: 0 } }).of('run-end')).toHaveLength(1);
  });

  it('is not checked where the presentation is skipped', () => {
    expect(checking({ settings: { skipPresentation: true } }).asked()).toEqual([]);
    expect(checking({ settings: { skipPresentation: true } }).of('run-end')).toMatchObject([{ status: 'completed' }]);
  });
});

describe('a restart', () => {
  it('keeps answers and numbers, clears ballots, tells every agent why and gives each one turn', () => {
    const table = checking();
    table.reply('a', restarts('wrong sum', 'add again'));
    expect(table.of('attempt-start')).toMatchObject([{ attempt: 2, reason: 'wrong sum', instructions: 'add again' }]);
    expect(table.asked()).toEqual(['a answer', 'b answer']);
    expect(table.prompt('a')).toContain('<PREVIOUS ATTEMPT FEEDBACK>');
    expect(table.prompt('a')).toMatch(/wrong sum[\s\S]*add again[\s\S]*<ORIGINAL MESSAGE>[\s\S]*A1[\s\S]*B1/u);
    table.reply('a', answers('A2'));
    expect(table.of('answer-accept').at(-1)).toMatchObject({ label: 'answer1.2', rev: 2 });
    expect(table.of('winner-select')).toHaveLength(1);
    table.reply('b', answers('B2'));
    expect(table.asked()).toEqual(['a vote', 'b vote']);
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent1'));
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', text: 'A2' }]);
    expect(table.of('run-end')).toHaveLength(1);
  });

  it('asks for every vote anew, though no new answer came', () => {
    const table = checking();
    table.reply('a', restarts());
    for (const agent of ['a', 'b']) for (let reply = 0; reply < 3; reply += 1) table.reply(agent, says(''));
    expect(table.asked()).toEqual(['a vote', 'b vote']);
  });

  it('withdraws what was presented', () => {
    const table = checking({ settings: { strategy: 'winner_present' } });
    table.reply('b', says('presented'));
    table.reply('a', restarts());
    expect(table.of('draft-discard')).toMatchObject([{ agent: 'b' }]);
    expect(table.state().presented).toBeNull();
  });

  it('raises the failed', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings: { maxRestarts: 1 } });
    table.reply('c', breaks());
    table.reply('a', answers('A1'));
    table.reply('b', answers('B1'));
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent1'));
    table.reply('b', restarts());
    expect(table.asked()).toEqual(['a answer', 'b answer', 'c answer']);
  });

  it('counts the limits on answers anew', () => {
    const table = checking({ settings: { maxAnswersPerAgent: 1 } });
    table.reply('a', restarts());
    table.reply('a', answers('A2'));
    table.reply('b', answers('B2'));
    expect(table.of('answer-reject')).toEqual([]);
    expect(table.lastCall('a')).toMatchObject({ mayAnswer: false });
  });

  it('does not happen without time for it', () => {
    const table = checking({ settings: { limits: { totalMs: 100_000 } } });
    table.pass(80_000);
    table.reply('a', restarts());
    expect(table.of('attempt-start')).toEqual([]);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'B1' }]);
  });

  it('does not happen more often than configured', () => {
    const table = checking();
    table.reply('a', restarts());
    for (const agent of ['a', 'b']) table.reply(agent, answers(`${agent}2`));
    for (const agent of ['a', 'b']) table.reply(agent, votes('agent1'));
    expect(table.of('turn-start').filter(({ kind }) => kind === 'evaluate')).toHaveLength(1);
    expect(table.of('run-end')).toHaveLength(1);
  });

  it('in which everybody fails delivers what had won before it', () => {
    const table = checking();
    table.reply('a', restarts());
    table.reply('a', breaks());
    table.reply('b', breaks());
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', text: 'B1' }]);
  });

  it('shows a single agent the answer that was found wanting', () => {
    const table = openTable({ agents: ['only'], settings: { maxRestarts: 1 } });
    table.reply('only', says('It is five.'));
    table.reply('only', restarts());
    expect(table.asked()).toEqual(['only solo']);
    expect(table.prompt('only')).toContain('It is five.');
    table.reply('only', says('It is four.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'It is four.', source: 'solo' }]);
  });

  it('survives a verdict without words', () => {
    const table = checking();
    table.reply('a', calls(['restart_orchestration', 'not json']));
    expect(table.of('attempt-start')).toMatchObject([{ reason: '', instructions: '' }]);
  });
});
