import { describe, expect, it } from '@jest/globals';
import { answers, breaks, openTable, says, votes, type Table, type TableOptions } from '../../support/coordination.js';

/** All agents have answered; the vote is on. */
function voting(agents: readonly string[] = ['a', 'b', 'c'], options: TableOptions = {}): Table {
  const table = openTable({ agents, ...options });
  for (const agent of agents) table.reply(agent, answers(`answer of ${agent}`));
  return table;
}

describe('agreement', () => {
  it('takes two calls an agent and gives the answer unchanged', () => {
    const table = voting();
    for (const agent of ['a', 'b', 'c']) table.reply(agent, votes('agent2'));
    expect(table.of('call-start')).toHaveLength(6);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'b', rev: 1, label: 'answer2.1', tally: [{ agent: 'b', votes: 3 }], basis: 'current', unanimous: true, tie: false, finish: 'reuse' }]);
    expect(table.of('answer-final')).toMatchObject([{ agent: 'b', label: 'answer2.final', text: 'answer of b', source: 'winner', marks: [] }]);
    expect(table.of('run-end')).toMatchObject([{ status: 'completed' }]);
  });

  it('of one agent alone is a single call without tools and without a vote', () => {
    const table = openTable({ agents: ['only'] });
    expect(table.lastCall('only')).toMatchObject({ tools: 'none', choice: 'auto' });
    expect(table.messages('only')).toEqual([{ role: 'user', content: 'How many?' }]);
    table.reply('only', says('Four.'));
    expect(table.of('call-start')).toHaveLength(1);
    expect(table.of('vote-cast')).toEqual([]);
    expect(table.of('answer-final')).toMatchObject([{ text: 'Four.', source: 'solo', label: 'answer1.final', marks: [] }]);
  });
});

describe('a vote', () => {
  it('is bound to what its voter had seen', () => {
    const table = voting();
    table.reply('a', votes('agent2', 'clear'));
    expect(table.of('vote-cast')).toMatchObject([{ agent: 'a', target: 'b', rev: 1, label: 'answer2.1', seen: { a: 1, b: 1, c: 1 }, reason: 'clear', via: 'tool' }]);
  });

  it('survives a new answer, and its voter is asked again', () => {
    const table = voting();
    table.reply('a', votes('agent2'));
    table.reply('b', votes('agent2'));
    table.reply('c', answers('a better one'));
    expect(table.state().agents['a']?.ballot).toMatchObject({ target: 'b', rev: 1 });
    expect(table.asked()).toEqual(['a vote', 'b vote', 'c vote']);
    for (const agent of ['a', 'b', 'c']) table.reply(agent, votes('agent3'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'c', rev: 2, unanimous: true, basis: 'current' }]);
  });

  it('of a voter who had not seen the newest answer waits for its new vote', () => {
    const table = voting();
    table.reply('c', answers('a better one'));
    table.reply('a', votes('agent1'));
    expect(table.of('winner-select')).toEqual([]);
    table.reply('b', votes('agent3'));
    for (const agent of ['a', 'b', 'c']) table.reply(agent, votes('agent3'));
    expect(table.of('winner-select')).toMatchObject([{ agent: 'c', tally: [{ agent: 'c', votes: 3 }] }]);
  });

  it('that is repeated goes on in the same conversation, with only what is new', () => {
    const table = voting();
    table.reply('a', votes('agent2'));
    table.reply('b', votes('agent2'));
    table.reply('c', answers('the revised text'));
    const words = table.messages('a').slice(2);
    expect(words.map(({ role }) => role)).toEqual(['assistant', 'tool', 'user']);
    expect(words[1]).toMatchObject({ role: 'tool', name: 'vote', text: 'Recorded.' });
    expect(JSON.stringify(words[2])).toContain('the revised text');
    expect(JSON.stringify(words[2])).not.toContain('answer of b');
    expect(table.messages('c').at(-2)).toMatchObject({ role: 'tool', name: 'new_answer', text: 'Accepted as answer3.2.' });
    expect(JSON.stringify(table.messages('c').at(-1))).not.toContain('the revised text');
  });

  it('does not mark the voter its own answer', () => {
    const table = voting();
    expect(table.prompt('a')).not.toMatch(/your (own )?answer\b/iu);
    expect(table.prompt('a')).toContain('answer of a');
  });
});

describe('asking again', () => {
  it('waits for answers that may still come, so that two new answers cost one more question', () => {
    const table = voting();
    table.reply('a', votes('agent1'));
    table.reply('b', answers('better'));
    expect(table.asked()).toEqual(['c vote']);
    table.reply('c', answers('better still'));
    expect(table.asked()).toEqual(['a vote', 'b vote', 'c vote']);
    for (const agent of ['a', 'b', 'c']) table.reply(agent, votes('agent3'));
    expect(table.of('turn-start').filter(({ agent }) => agent === 'a')).toHaveLength(3);
    expect(table.of('run-end')).toHaveLength(1);
  });

  it('costs at most n (2 + answers - n) calls and a presentation', () => {
    const table = voting();
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    table.reply('c', answers('better'));
    for (const agent of ['a', 'b', 'c']) table.reply(agent, votes(agent === 'a' ? 'agent1' : 'agent3'));
    table.reply('c', says('presented'));
    expect(table.of('call-start')).toHaveLength(3 * (2 + 4 - 3) + 1);
  });
});

describe('patience', () => {
  const settings = { limits: { totalMs: 100_000 } };

  it('holds the vote back until every live agent has had its first turn', () => {
    const table = openTable({ agents: ['a', 'b', 'c'] });
    table.reply('a', answers('A'));
    table.reply('b', answers('B'));
    expect(table.asked()).toEqual(['c answer']);
    table.reply('c', breaks());
    expect(table.asked()).toEqual(['a vote', 'b vote']);
  });

  it('ends when half of the time before the presentation is over; a late answer is an ordinary one', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings });
    table.reply('a', answers('A'));
    table.reply('b', answers('B'));
    table.advance(39_999);
    expect(table.asked()).toEqual(['c answer']);
    table.advance(1);
    expect(table.of('time-up')).toMatchObject([{ which: 'patience' }]);
    expect(table.asked()).toEqual(['a vote', 'b vote', 'c answer']);
    table.reply('a', votes('agent1'));
    table.reply('b', votes('agent1'));
    table.reply('c', answers('C'));
    expect(table.asked()).toEqual(['a vote', 'b vote', 'c vote']);
    expect(table.lastCall('a').seen).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('is not lost on an agent that could answer only after its end', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings });
    table.reply('a', answers('A'));
    table.reply('b', answers('B'));
    table.reply('c', breaks('backend-overloaded', { retryAfterMs: 50_000 }));
    expect(table.asked()).toEqual(['a vote', 'b vote']);
    expect(table.of('agent-fail')).toEqual([]);
  });

  it('holds while an agent in a shorter back-off may still answer', () => {
    const table = openTable({ settings });
    table.reply('a', answers('A'));
    table.reply('b', breaks('backend-overloaded', { retryAfterMs: 5000 }));
    expect(table.asked()).toEqual([]);
    table.advance();
    expect(table.asked()).toEqual(['b answer']);
  });

  it('can be switched off: whoever has answered may vote at once', () => {
    const table = openTable({ agents: ['a', 'b', 'c'], settings: { patience: false } });
    table.reply('a', answers('A'));
    expect(table.asked()).toEqual(['a vote', 'b answer', 'c answer']);
  });

  it('lets an agent that brought nothing vote', () => {
    const table = openTable();
    for (let reply = 0; reply < 3; reply += 1) table.reply('b', says(''));
    table.reply('a', answers('A'));
    expect(table.asked()).toEqual(['a vote', 'b vote']);
    expect(table.lastCall('b').mayAnswer).toBe(true);
  });
});

describe('no vote is held', () => {
  it('on one answer that nobody can add to', () => {
    const table = openTable();
    table.reply('a', answers('A'));
    table.reply('b', breaks());
    expect(table.of('turn-start').some(({ kind }) => kind === 'vote')).toBe(false);
    expect(table.of('winner-select')).toMatchObject([{ agent: 'a', basis: 'none', tally: [] }]);
  });

  it('with skip_voting: the first answer in configuration order is taken when all are there', () => {
    const table = openTable({ agents: ['z', 'b'], settings: { skipVoting: true, strategy: 'winner_reuse' } });
    table.reply('b', answers('B'));
    expect(table.of('winner-select')).toEqual([]);
    table.reply('z', answers('Z'));
    expect(table.of('answer-final')).toMatchObject([{ agent: 'z', label: 'answer2.final' }]);
  });

  it('with skip_coordination_rounds: the first agent presents at once', () => {
    const table = openTable({ agents: ['z', 'b'], settings: { skipCoordination: true } });
    expect(table.asked()).toEqual(['z present']);
    table.reply('z', says('at once'));
    expect(table.of('answer-final')).toMatchObject([{ agent: 'z', text: 'at once', source: 'presentation' }]);
  });
});
