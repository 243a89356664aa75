import { describe, expect, it } from '@jest/globals';
import { toResult, type RunPlace } from '../../src/orchestrator/result.js';
import { answers, breaks, openTable, says, teamOf, votes, type Table, type TableOptions } from '../support/coordination.js';

const place: RunPlace = { sessionId: '01J', configUsed: 'team.yaml', logDirectory: '/logs/log_1', finalAnswerPath: '/logs/log_1/turn_1/final' };
const resultOf = (table: Table) => toResult(table.state(), place);

function voting(agents: readonly string[], options: TableOptions = {}): Table {
  const table = openTable({ agents, ...options });
  for (const agent of agents) table.reply(agent, answers(`${agent} says`));
  return table;
}

describe('the result of a run', () => {
  it('has these names and no others', () => {
    const table = voting(['z', 'b'], { settings: { strategy: 'winner_reuse' } });
    table.reply('z', votes('agent2', 'mine'));
    table.reply('b', votes('agent2', 'clear'));
    expect(resultOf(table)).toEqual({
      status: 'completed',
      final_answer: 'z says',
      marks: [],
      session_id: '01J',
      config_used: 'team.yaml',
      log_directory: '/logs/log_1',
      final_answer_path: '/logs/log_1/turn_1/final',
      selected_agent: 'z',
      vote_results: {
        vote_counts: { z: 2 },
        voter_details: { z: [{ voter: 'z', reason: 'mine' }, { voter: 'b', reason: 'clear' }] },
        winner: 'z',
        is_tie: false,
        total_votes: 2,
        agents_with_answers: 2,
        agents_voted: 2,
        agent_mapping: { agent1: 'b', agent2: 'z' },
      },
      answers: [
        { label: 'answer1.1', agent_id: 'b', content: 'b says' },
        { label: 'answer2.1', agent_id: 'z', content: 'z says' },
      ],
      agent_mapping: { agent1: 'b', agent2: 'z' },
      usage: { prompt_tokens: 40, completion_tokens: 40, total_tokens: 80, cached_tokens: 0, reasoning_tokens: 0 },
      cost: null,
      duration_seconds: 0,
    });
  });

  it('has every revision under its own label, agents in the order of their numbers', () => {
    const agents = Array.from({ length: 11 }, (_unused, index) => `m${String.fromCharCode(97 + index)}`);
    const table = voting(agents, { settings: { fairness: { enabled: false } } });
    table.reply('mb', answers('better'));
    const { answers: all, agent_mapping: mapping } = resultOf(table);
    expect(all.map(({ label }) => label)).toEqual(['answer1.1', 'answer2.1', 'answer2.2', ...Array.from({ length: 9 }, (_unused, index) => `answer${index + 3}.1`)]);
    expect(all[2]).toEqual({ label: 'answer2.2', agent_id: 'mb', content: 'better' });
    expect(Object.keys(mapping)).toEqual(agents.map((_agent, index) => `agent${index + 1}`));
  });

  it('tells of a tie', () => {
    const table = voting(['z', 'b'], { settings: { strategy: 'winner_reuse' } });
    table.reply('z', votes('agent2'));
    table.reply('b', votes('agent1'));
    expect(resultOf(table).vote_results).toMatchObject({ vote_counts: { z: 1, b: 1 }, is_tie: true, winner: 'z', total_votes: 2 });
  });

  it('names exactly the voters whose votes were counted', () => {
    const table = voting(['a', 'b', 'c'], { settings: { limits: { totalMs: 100_000 } } });
    table.reply('a', votes('agent2', 'of the old one'));
    table.reply('b', answers('b, revised'));
    table.reply('c', votes('agent1'));
    table.reply('b', votes('agent2', 'of the new one'));
    table.advance(80_000);
    const { vote_results: results } = resultOf(table);
    expect(results.vote_counts).toEqual({ a: 1, b: 1 });
    expect(results.voter_details).toEqual({ a: [{ voter: 'c', reason: 'it is right' }], b: [{ voter: 'b', reason: 'of the new one' }] });
    expect(results.agents_voted).toBe(results.total_votes);
  });

  it.each(['constructor', '__proto__', 'toString'])('survives an agent called %p', (id) => {
    const table = voting([id, 'b'], { settings: { strategy: 'winner_reuse' } });
    for (const agent of [id, 'b']) table.reply(agent, votes(table.state().agents[id]?.info.anonymous));
    const { selected_agent: selected, vote_results: results } = resultOf(table);
    expect(selected).toBe(id);
    expect(Object.entries(results.voter_details)).toEqual([[id, [{ voter: id, reason: 'it is right' }, { voter: 'b', reason: 'it is right' }]]]);
    expect(Object.entries(results.vote_counts)).toEqual([[id, 2]]);
  });

  it('of a run without an answer is empty and says why', () => {
    const table = openTable();
    for (const agent of ['a', 'b']) table.reply(agent, breaks());
    expect(resultOf(table)).toMatchObject({ status: 'failed', final_answer: '', selected_agent: null, final_answer_path: null, error: { code: 'agents-failed' }, answers: [], vote_results: { winner: null, vote_counts: {}, is_tie: false } });
  });

  it('of a run that was stopped has what there was, and says so', () => {
    const table = voting(['a', 'b']);
    table.input({ type: 'cancel', by: 'SIGINT' });
    expect(resultOf(table)).toMatchObject({ status: 'cancelled', final_answer: 'a says', marks: ['cancelled'], error: { code: 'run-cancelled' }, selected_agent: 'a' });
  });

  it('gives money in dollars and time in seconds', () => {
    const table = openTable({ agents: teamOf(['only'], { price: { input: 1, cachedInput: 1, output: 2, source: 'config' } }) });
    table.pass(1500);
    const turn = { agent: 'only', turn: 1, call: 1 };
    const result = { end: 'finish' as const, reason: 'stop' as const, text: 'Four.', toolCalls: [], items: [], usage: { inputTokens: 3, outputTokens: 5, cachedInputTokens: 2, reasoningTokens: 1 }, usageSource: 'reported' as const };
    table.input({ type: 'call-end', ...turn, result, costMicros: 1_500_000, chance: 0 });
    expect(resultOf(table)).toMatchObject({ cost: 1.5, duration_seconds: 1.5, usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8, cached_tokens: 2, reasoning_tokens: 1 } });
  });

  it('says what part of the cost the providers’ tools had, for all agents together, and what of it nobody knows', () => {
    const table = openTable();
    table.reply('a', answers('A'), { tools: { web_search: { uses: 2, costMicros: 20_000 }, x_search: { uses: 1, costMicros: 5000 } } });
    table.reply('b', answers('B'), { tools: { web_search: { uses: 1, costMicros: 10_000 }, x_search: { uses: 1 } } });
    expect(resultOf(table).tool_fees).toEqual({ web_search: { uses: 3, cost: 0.03 }, x_search: { uses: 2, cost: null } });
  });

  it('of one agent has no votes', () => {
    const table = openTable({ agents: ['only'] });
    table.reply('only', says('Four.'));
    expect(resultOf(table)).toMatchObject({ final_answer: 'Four.', selected_agent: 'only', vote_results: { vote_counts: {}, winner: 'only', total_votes: 0 }, answers: [{ label: 'answer1.1', agent_id: 'only', content: 'Four.' }] });
  });
});
