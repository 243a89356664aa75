import { describe, expect, it } from '@jest/globals';
import { answers, breaks, openTable, restarts, says, votes } from '../../support/coordination.js';

const say = (text: string) => ({ type: 'say', by: 'user', text }) as const;
const stop = (agent: string) => ({ type: 'stop-agent', by: 'user', agent }) as const;
const now = { type: 'answer-now', by: 'user' } as const;

describe('a message during a run', () => {
  it('reaches each agent with its next call, once', () => {
    const table = openTable();
    table.input(say('Think of oil too.'));
    expect(table.prompt('a')).not.toContain('oil');
    table.reply('a', answers('Seven.'));
    table.reply('b', answers('Eight.'));
    expect(table.prompt('a').split('Think of oil too.')).toHaveLength(2);
    expect(table.prompt('b')).toContain('<MESSAGE FROM THE USER, sent while you work>\nThink of oil too.\n<END OF MESSAGE FROM THE USER>');
    expect(table.of('message-add')).toMatchObject([{ by: 'user', text: 'Think of oil too.' }]);
  });

  it('asks those again who had voted before they heard it', () => {
    const table = openTable();
    table.reply('a', answers('Seven.'));
    table.reply('b', answers('Eight.'));
    table.reply('a', votes('agent1'));
    table.input(say('Think of oil too.'));
    table.reply('b', votes('agent1'));
    expect(table.of('winner-select')).toEqual([]);
    expect(table.asked()).toEqual(['a vote', 'b vote']);
    expect(table.prompt('a')).toContain('Think of oil too.');
    table.reply('a', answers('Seven, and oil.'));
    table.reply('b', votes('agent1'));
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', rev: 2 }]);
  });

  it('comes with the remark on a broken reply', () => {
    const table = openTable();
    table.input(say('Be brief.'));
    table.reply('a', says(''));
    expect(table.asked()).toContain('a answer');
    expect(table.messages('a').at(-1)).toMatchObject({ role: 'user' });
    expect(table.prompt('a')).toContain('Be brief.');
  });

  it('makes an agent on its own answer once more', () => {
    const table = openTable({ agents: ['a'] });
    table.input(say('In French.'));
    table.reply('a', says('Seven.'));
    expect(table.asked()).toEqual(['a solo']);
    expect(table.messages('a').at(-1)).toMatchObject({ role: 'user' });
    table.reply('a', says('Sept.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'Sept.', label: 'answer1.final' }]);
  });

  it('is no message when there is nothing in it', () => {
    const table = openTable();
    table.input(say(' \n'));
    expect(table.of('message-add')).toEqual([]);
  });

  it('stays what it was when the run is over', () => {
    const table = openTable({ agents: ['a'] });
    table.reply('a', says('Seven.'));
    table.input(say('Too late.'));
    expect(table.of('message-add')).toEqual([]);
  });
});

describe('an agent that is stopped', () => {
  it('is asked no more, and the others go on without it', () => {
    const table = openTable({ agents: ['a', 'b', 'c'] });
    table.input(stop('b'));
    expect(table.of('agent-fail')).toMatchObject([{ agent: 'b', error: { code: 'agent-stopped' } }]);
    expect(table.asked()).toEqual(['a answer', 'c answer']);
    table.reply('a', answers('Seven.'));
    table.reply('c', answers('Eight.'));
    expect(table.asked()).toEqual(['a vote', 'c vote']);
    expect(table.of('turn-end').filter(({ agent }) => agent === 'b')).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('keeps the answer that it gave', () => {
    const table = openTable();
    table.reply('a', answers('Seven.'));
    table.reply('b', answers('Eight.'));
    table.input(stop('a'));
    table.reply('b', votes('agent1'));
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', text: 'Seven.' }]);
  });

  it('is stopped while it waits for a provider', () => {
    const table = openTable();
    table.reply('a', breaks('backend-overloaded'));
    table.input(stop('a'));
    expect(table.of('turn-end')).toMatchObject([{ agent: 'a', outcome: 'aborted' }]);
    expect(table.asked()).toEqual(['b answer']);
  });

  it('stays stopped after a restart', () => {
    const table = openTable({ settings: { maxRestarts: 1, strategy: 'winner_reuse' } });
    table.reply('a', answers('Seven.'));
    table.reply('b', answers('Eight.'));
    table.input(stop('a'));
    table.reply('b', votes('agent2'));
    table.reply('b', restarts());
    expect(table.of('attempt-start')).toHaveLength(1);
    expect(table.asked()).toEqual(['b answer']);
  });

  it('is none when there is no such agent, and is stopped once', () => {
    const table = openTable();
    table.input(stop('nobody'), stop('a'), stop('a'));
    expect(table.of('agent-fail')).toHaveLength(1);
  });

  it('ends the run when it was the last', () => {
    const table = openTable();
    table.input(stop('a'), stop('b'));
    expect(table.of('run-end')).toMatchObject([{ status: 'failed', error: { code: 'agents-failed', message: expect.stringContaining('stopped by user') } }]);
  });
});

describe('an answer that is wanted now', () => {
  it('ends coordination and has what is there presented, without a mark', () => {
    const table = openTable();
    table.reply('a', answers('Seven.'));
    table.input(now);
    expect(table.of('time-up')).toMatchObject([{ which: 'request' }]);
    expect(table.asked()).toEqual(['a present']);
    table.reply('a', says('Seven it is.'));
    expect(table.of('answer-final')).toMatchObject([{ text: 'Seven it is.', marks: [] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('waits for the first answer when there is none', () => {
    const table = openTable();
    table.input(now, now);
    expect(table.of('answer-request')).toHaveLength(1);
    expect(table.asked()).toEqual(['a answer', 'b answer']);
    table.reply('b', answers('Eight.'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'b' }]);
  });

  it('still heeds the time limit while it waits', () => {
    const table = openTable();
    table.input(now);
    for (let step = 0; step < 5 && table.of('run-end').length === 0; step += 1) table.advance();
    expect(table.of('run-end')).toMatchObject([{ status: 'timeout' }]);
  });

  it('is not checked any more', () => {
    const table = openTable({ settings: { maxRestarts: 1, strategy: 'winner_reuse' } });
    table.reply('a', answers('Seven.'));
    table.reply('b', answers('Eight.'));
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    expect(table.asked()).toEqual(['b evaluate']);
    table.input(now);
    expect(table.of('evaluation-end')).toMatchObject([{ verdict: 'submit' }]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'Seven.' }]);
  });
});
