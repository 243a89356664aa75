import { describe, expect, it } from '@jest/globals';
import { answers, breaks, openTable, says, votes, type Table, type TableOptions } from '../../support/coordination.js';

function voting(agents: readonly string[] = ['a', 'b'], options: TableOptions = {}): Table {
  const table = openTable({ agents, ...options });
  for (const agent of agents) table.reply(agent, answers(`the answer of ${agent}`));
  return table;
}

describe('a limit on answers', () => {
  it('asks for a vote only, with the same tools and the choice forced', () => {
    const table = voting(['a', 'b'], { settings: { maxAnswersPerAgent: 1 } });
    expect(table.asked()).toEqual(['a vote', 'b vote']);
    expect(table.lastCall('a')).toMatchObject({ mayAnswer: false, tools: 'workflow', choice: { name: 'vote' } });
    expect(table.prompt('a')).toContain('You may not submit another answer now');
  });

  it('lets an agent with other tools use them first, until a reply was broken', () => {
    const agents = [{ ...openTable().state().agents['a']!.info, otherTools: true }, openTable().state().agents['b']!.info];
    const table = openTable({ agents });
    expect([table.lastCall('a').choice, table.lastCall('b').choice]).toEqual(['auto', { name: 'new_answer' }]);
    table.reply('a', says('searching'));
    expect(table.lastCall('a').choice).toEqual({ name: 'new_answer' });
  });

  it('refuses a further answer, which may still be a vote', () => {
    const table = voting(['a', 'b'], { settings: { maxAnswersPerAgent: 1 } });
    table.reply('a', answers('one more'));
    expect(table.of('answer-reject')).toMatchObject([{ reason: 'answer_limit' }]);
    table.reply('a', votes('agent2'));
    expect(table.of('vote-cast')).toMatchObject([{ agent: 'a', target: 'b' }]);
  });

  it('never refuses a first answer', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings: { maxAnswersGlobal: 1, maxAnswersPerAgent: 1, fairness: { leadCap: 1 } } });
    for (const agent of ['a', 'b', 'c']) table.reply(agent, answers(agent));
    expect(table.of('answer-accept')).toHaveLength(3);
  });

  it('of the whole team counts the answers of all, those of the dead too', () => {
    const table = voting(['a', 'b', 'c'], { settings: { maxAnswersGlobal: 4 } });
    table.reply('c', breaks());
    table.reply('a', answers('fourth'));
    table.reply('b', answers('fifth'));
    expect(table.of('answer-accept')).toHaveLength(4);
    expect(table.of('answer-reject')).toMatchObject([{ agent: 'b', reason: 'answer_limit' }]);
  });

  it('is five an agent where none is set, so that a run ends', () => {
    const table = voting(['a', 'b'], { settings: { fairness: { enabled: false } } });
    for (let round = 2; round <= 5; round += 1) {
      table.reply('a', answers(`a, round ${round}`));
      if (table.asked().includes('b vote')) table.reply('b', votes('agent1'));
    }
    expect(table.state().agents['a']?.revisions).toHaveLength(5);
    expect(table.lastCall('a')).toMatchObject({ mayAnswer: false });
  });

  it('that refuses a draft hands its author the news, and a vote follows in the same turn', () => {
    const table = voting(['a', 'b', 'c'], { settings: { maxAnswersGlobal: 4 } });
    table.reply('a', votes('agent1'));
    table.reply('b', answers('fourth'));
    table.reply('c', answers('fifth'));
    const call = table.lastCall('c');
    expect(call).toMatchObject({ turn: 2, call: 2, mayAnswer: false, choice: { name: 'vote' }, seen: { a: 1, b: 2, c: 1 } });
    expect(table.messages('c').at(-1)).toMatchObject({ role: 'user', content: expect.stringContaining('fourth') });
    table.reply('c', votes('agent2'));
    expect(table.of('vote-cast').at(-1)).toMatchObject({ agent: 'c', target: 'b', rev: 2 });
  });

  it('without injection gives no news inside the turn, but the vote is asked for again', () => {
    const table = voting(['a', 'b', 'c'], { settings: { maxAnswersGlobal: 4, injection: false } });
    table.reply('a', votes('agent1'));
    table.reply('b', answers('fourth'));
    table.reply('c', answers('fifth'));
    expect(table.prompt('c')).not.toContain('fourth');
    expect(table.lastCall('c').seen).toEqual({ a: 1, b: 1, c: 1 });
    table.reply('c', votes('agent1'));
    expect(table.asked()).toEqual(['a vote', 'b vote', 'c vote']);
    expect(table.prompt('c')).toContain('fourth');
  });
});

describe('fairness', () => {
  it('lets nobody be further ahead of the slowest live agent than the cap', () => {
    const table = voting(['a', 'b'], { settings: { fairness: { leadCap: 1 } } });
    table.reply('a', answers('second'));
    table.reply('b', votes('agent1'));
    expect(table.lastCall('a')).toMatchObject({ mayAnswer: false });
    expect(table.lastCall('b')).toMatchObject({ mayAnswer: true });
  });

  it('does not wait for the dead', () => {
    const table = voting(['a', 'b', 'c'], { settings: { fairness: { leadCap: 1 } } });
    table.reply('c', breaks());
    table.reply('a', answers('second'));
    table.reply('b', answers('second too'));
    expect(table.lastCall('a')).toMatchObject({ mayAnswer: true });
  });

  it('can be switched off', () => {
    const table = voting(['a', 'b'], { settings: { fairness: { enabled: false, leadCap: 1 } } });
    table.reply('a', answers('second'));
    table.reply('b', votes('agent1'));
    expect(table.lastCall('a')).toMatchObject({ mayAnswer: true });
  });

  it('allows nothing beyond the first answer when no live peer is left to read it', () => {
    const table = voting();
    table.reply('b', breaks());
    table.reply('a', answers('for whom?'));
    expect(table.of('answer-reject')).toMatchObject([{ agent: 'a', reason: 'answer_limit' }]);
  });
});
