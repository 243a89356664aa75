import { describe, expect, it } from '@jest/globals';
import { resolveVoteId } from '../../../src/orchestrator/coordination/read-reply.js';
import { answers, breaks, calls, openTable, says, teamOf, toolCall, votes, type Reply, type Table, type TableOptions } from '../../support/coordination.js';

function voting(agents: readonly string[] = ['a', 'b'], options: TableOptions = {}): Table {
  const table = openTable({ agents, ...options });
  for (const agent of agents) table.reply(agent, answers(`the answer of ${agent}`));
  return table;
}

const lastReject = (table: Table) => table.of('answer-reject').at(-1);

describe('a reply to the first question', () => {
  const REJECTED: readonly (readonly [what: string, reply: Reply, reason: string])[] = [
    ['text alone', says('Four.'), 'no_tool_calls'],
    ['another tool', calls(['search', { q: 'four' }]), 'no_workflow_tool'],
    ['a vote and an answer', calls(['vote', { agent_id: 'agent1' }], ['new_answer', { content: 'x' }]), 'vote_and_answer'],
    ['a vote without answers', votes('agent1'), 'vote_no_answers'],
    ['broken arguments', calls(['new_answer', '{"content": "cut']), 'invalid_arguments'],
    ['arguments that are no object', calls(['new_answer', '["x"]']), 'invalid_arguments'],
    ['content that is no text', answers(7 as unknown as string), 'invalid_arguments'],
    ['an empty answer', answers('  \n'), 'answer_empty'],
    ['a reply cut off', { reason: 'length', text: 'The answer is' }, 'reply_truncated'],
    ['an answer cut off', { reason: 'length', toolCalls: [toolCall('new_answer', '{"content": "The')] }, 'reply_truncated'],
    ['a filtered reply', { reason: 'content-filter' }, 'reply_filtered'],
    ['a refusal', { reason: 'refusal', text: 'I cannot' }, 'reply_filtered'],
  ];

  it.each(REJECTED)('%s is rejected and told why', (_what, reply, reason) => {
    const table = openTable();
    table.reply('a', reply);
    expect(lastReject(table)).toMatchObject({ agent: 'a', turn: 1, call: 1, reason });
    expect(table.prompt('a')).toContain(lastReject(table)?.message);
    expect(table.asked()).toContain('a answer');
  });

  it('has every tool call of it answered before the next question', () => {
    const table = openTable();
    table.reply('a', calls(['search', {}], ['new_answer', { content: '' }], ['vote', {}]));
    const [reply, ...results] = table.messages('a').slice(2);
    expect(reply?.role === 'assistant' ? reply.toolCalls.map(({ id }) => id) : []).toEqual(results.map((each) => (each.role === 'tool' ? each.callId : '')));
    expect(results).toHaveLength(3);
  });

  it('with several answers gives the first valid one', () => {
    const table = openTable();
    table.reply('a', calls(['new_answer', { content: '' }], ['new_answer', { content: 'second' }], ['new_answer', { content: 'third' }]));
    expect(table.of('answer-accept')).toMatchObject([{ text: 'second', via: 'tool', label: 'answer1.1', rev: 1 }]);
  });

  it('is taken byte for byte', () => {
    const text = ' <agent2>\n\u0000 ‹ ☃ 𝒳 \r\n<END OF CURRENT ANSWERS> ';
    const table = openTable();
    table.reply('a', answers(text));
    expect(table.of('answer-accept')[0]?.text).toBe(text);
  });
});

describe('plain text', () => {
  it('is taken as the answer on the third reply of an agent that has none', () => {
    const table = openTable();
    for (const text of ['One.', 'Two.', 'Three.']) table.reply('a', says(text));
    expect(table.of('answer-accept')).toMatchObject([{ agent: 'a', text: 'Three.', via: 'salvage' }]);
  });

  it('is never an answer of an agent that has one', () => {
    const table = voting();
    for (const text of ['One.', 'Two.', 'Three.']) table.reply('a', says(text));
    expect(table.state().agents['a']?.revisions).toHaveLength(1);
    expect(table.of('vote-abstain')).toHaveLength(1);
  });

  it('is not forgotten for words beside a broken tool call', () => {
    const table = openTable();
    table.reply('a', says('It is four.'));
    for (let reply = 0; reply < 2; reply += 1) table.reply('a', { ...calls(['new_answer', '{"content"']), text: 'Now I submit it.' });
    expect(table.of('answer-accept')).toMatchObject([{ text: 'It is four.', via: 'salvage' }]);
  });

  it('is marked when the token limit cut it', () => {
    const table = openTable();
    for (let reply = 0; reply < 3; reply += 1) table.reply('a', { reason: 'length', text: 'The answer is' });
    expect(table.of('answer-accept')).toMatchObject([{ via: 'salvage', truncated: true }]);
  });

  it('is taken when the provider dies after it, so that no further reply is to be had', () => {
    const table = openTable();
    table.reply('a', says('It is four.'));
    table.reply('a', breaks());
    table.reply('b', breaks());
    expect(table.of('answer-final')).toMatchObject([{ agent: 'a', text: 'It is four.' }]);
  });

  it('that a filter cut is not taken', () => {
    const table = openTable();
    for (let reply = 0; reply < 3; reply += 1) table.reply('a', { reason: 'content-filter', text: 'First you take' });
    expect(table.of('answer-accept')).toEqual([]);
  });
});

describe('a vote', () => {
  const agents = teamOf(['zoe', 'bob', 'agent_9', '2nd']);
  const table = openTable({ agents });

  it.each([
    ['agent2', 'agent_9'],
    ['Agent 2', 'agent_9'],
    ['AGENT2', 'agent_9'],
    ['agent_2', 'agent_9'],
    ['answer2.1', 'agent_9'],
    ['agent2.7', 'agent_9'],
    [' 3 ', 'bob'],
    ['zoe', 'zoe'],
    ['ZOE', 'zoe'],
    ['2nd', '2nd'],
    ['agent_9', 'agent_9'],
    ['agent5', undefined],
    ['agent0', undefined],
    ['agent', undefined],
    ['', undefined],
    ['the second agent', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('for %p means %p', (written, id) => {
    expect(resolveVoteId(table.state(), written)?.info.id).toBe(id);
  });

  it('names the anonymous agent when another has that name as its real id', () => {
    const swapped = openTable({ agents: ['agent1', 'agent0'] });
    expect(resolveVoteId(swapped.state(), 'agent1')?.info.id).toBe('agent0');
  });

  it.each([['agent3'], ['nobody'], [null], [{}], [undefined]])('for %p, who has no answer, is rejected with the ids that do', (written) => {
    const play = voting(['a', 'b', 'c'].slice(0, 2));
    play.reply('a', votes(written));
    expect(lastReject(play)).toMatchObject({ reason: 'invalid_vote_id' });
    expect(lastReject(play)?.message).toContain('agent1, agent2');
  });

  it('may give the number alone', () => {
    const play = voting();
    play.reply('a', votes(2));
    expect(play.of('vote-cast')).toMatchObject([{ target: 'b' }]);
  });

  it('is the last one when there are several', () => {
    const play = voting();
    play.reply('a', calls(['vote', { agent_id: 'agent1', reason: '' }], ['vote', { agent_id: 'agent2', reason: '' }]));
    expect(play.of('vote-cast')).toMatchObject([{ target: 'b' }]);
  });

  it('of a broken kind costs its agent nothing but the vote', () => {
    const play = voting();
    for (let reply = 0; reply < 3; reply += 1) play.reply('a', votes('agent77'));
    expect(play.of('agent-fail')).toEqual([]);
    expect(play.state().agents['a']).toMatchObject({ failed: null, abstentions: 1 });
  });
});

describe('the same answer again', () => {
  it('is a vote for the one that its author had seen', () => {
    const table = voting();
    table.reply('a', answers('  the answer\n of b '));
    expect(table.of('vote-cast')).toMatchObject([{ agent: 'a', target: 'b', rev: 1, seen: { a: 1, b: 1 }, via: 'duplicate' }]);
  });

  it('counts as an answer where its author had not seen it', () => {
    const table = openTable({ agents: ['a', 'b', 'c'] });
    for (const agent of ['a', 'b', 'c']) table.reply(agent, answers('Water'));
    expect(table.of('answer-accept').map(({ label }) => label)).toEqual(['answer1.1', 'answer2.1', 'answer3.1']);
  });

  it('is no vote when it is an answer that its author has replaced itself', () => {
    const table = voting();
    table.reply('a', answers('second thoughts'));
    table.reply('b', votes('agent1'));
    table.reply('a', answers('the answer of a'));
    for (const vote of table.of('vote-cast')) expect(vote.rev).toBe(vote.seen[vote.target]);
  });
});

describe('novelty', () => {
  const known = 'water is heavier than oil by the litre';
  const close = 'water is heavier than oil by the kilogram';

  it.each([['lenient', 1], ['balanced', 0], ['strict', 0]] as const)('%s takes %i answers that differ in one word of eight', (novelty, taken) => {
    const table = openTable({ settings: { novelty } });
    table.reply('a', answers(known));
    table.reply('b', answers('both are equal'));
    table.reply('b', answers(close));
    expect(table.of('answer-accept')).toHaveLength(2 + taken);
    if (taken === 0) expect(lastReject(table)).toMatchObject({ reason: 'answer_novelty', message: expect.stringContaining('answer1.1') });
  });

  it('compares only with what the author had seen', () => {
    const table = openTable({ settings: { novelty: 'strict' } });
    table.reply('a', answers(known));
    table.reply('b', answers(close));
    expect(table.of('answer-accept')).toHaveLength(2);
  });
});
