import { describe, expect, it } from '@jest/globals';
import { EMPTY, fold, toResult, type TurnReport } from '../../../../src/orchestrator/index.js';
import { createDigest } from '../../../../src/orchestrator/session/read/digest/digest.js';
import { createEventParser } from '../../../../src/orchestrator/session/read/parse-events.js';
import { createProblemList } from '../../../../src/orchestrator/session/read/problem-list.js';
import { createLineSplitter } from '../../../../src/orchestrator/session/read/split-lines.js';
import { retainedMb } from '../../../support/retained-mb.js';
import { drawWorld, simulate } from '../../../support/simulation.js';
import { answerFinal, logText, runEnd, runStart, stamped } from './sessions.js';

const ROUNDS = 400;

/** Events through a log's text and back. */
function digestOf(events: readonly object[]) {
  const problems = createProblemList();
  const parser = createEventParser('events.jsonl', problems);
  const digest = createDigest();
  for (const event of parser.parse(createLineSplitter().take(Buffer.from(logText(events))))) digest.take(event);
  return { report: digest.report(), problems: problems.all() };
}

const place = { sessionId: '', configUsed: '', logDirectory: null, finalAnswerPath: null };

describe('a digest of any run', () => {
  const runs = Array.from({ length: ROUNDS }, (_unused, seed) => simulate(drawWorld(seed + 1)).log);

  it('agrees with the result of the run', () => {
    for (const log of runs) {
      const { report, problems } = digestOf(log);
      const result = toResult(log.reduce<typeof EMPTY>((state, event) => fold(state, event), EMPTY), place);
      expect(problems).toEqual([]);
      expect(report.ending?.status).toBe(result.status);
      expect(report.final_answer?.text ?? '').toBe(result.final_answer);
      expect(report.winner).toBe(result.selected_agent);
      expect(report.vote_results?.counts ?? {}).toEqual(result.vote_results.vote_counts);
      expect(report.totals).toMatchObject({ input_tokens: result.usage.prompt_tokens, output_tokens: result.usage.completion_tokens, cost: result.cost });
      expect(new Set(report.answers.map(({ label, text }) => `${label} ${text}`))).toEqual(new Set(result.answers.map(({ label, content }) => `${label} ${content}`)));
    }
  });

  it('counts exactly the votes that chose the winner', () => {
    for (const log of runs) {
      const { votes, vote_results: results } = digestOf(log).report;
      const counted = votes.filter(({ standing }) => standing === 'counted');
      const counts: Record<string, number> = {};
      for (const { target } of counted) counts[target ?? ''] = (counts[target ?? ''] ?? 0) + 1;
      expect(counts).toEqual(results?.counts ?? {});
      if (results !== null) expect(votes.some(({ standing }) => standing === 'open')).toBe(false);
    }
  });

  it('lets nobody wait when the run has ended, and says who had nothing to say', () => {
    const states = new Set(runs.flatMap((log) => digestOf(log).report.per_agent.map(({ state }) => state)));
    expect(states).not.toContain('waiting');
    expect(states).not.toContain('working');
    expect(states).toContain('unanswered');
    for (const log of runs) {
      const { per_agent: agents, answers } = digestOf(log).report;
      for (const { agent, state, winner } of agents) if (state === 'unanswered') expect([winner, answers.filter((answer) => answer.agent === agent && answer.current)]).toEqual([false, []]);
    }
  });

  it('has every round, with sums that are the agents’ and the run’s', () => {
    for (const log of runs) {
      const { rounds, per_agent: agents, totals, outcomes } = digestOf(log).report;
      expect(rounds.length).toBe(log.filter(({ type }) => type === 'turn-start').length);
      const sum = (of: readonly { readonly input_tokens: number }[]): number => of.reduce((total, each) => total + each.input_tokens, 0);
      expect([sum(rounds), sum(agents)]).toEqual([totals.input_tokens, totals.input_tokens]);
      expect(Object.values(outcomes).reduce((total, count) => total + count, 0)).toBe(rounds.filter(({ outcome }) => outcome !== null).length);
    }
  });

  it('can be made of a log that stops anywhere', () => {
    for (const log of runs.slice(0, 20)) {
      for (let length = 0; length < log.length; length += 3) {
        const { report, problems } = digestOf(log.slice(0, length));
        expect({ ending: report.ending, problems }).toEqual({ ending: null, problems: [] });
      }
    }
  });
});

describe('a digest', () => {
  const call = (agent: string, number: number): object => ({ agent, turn: 1, call: number });
  const usage = { inputTokens: 7, outputTokens: 3 };
  const callStart = (agent: string, number: number): object => ({ type: 'call-start', ...call(agent, number), attempt: 1, index: number - 1, seen: {}, mayAnswer: true, messages: [], tools: 'workflow', choice: 'auto', reserved: { tokens: 0, costMicros: 0 }, key: '' });
  const callEnd = (agent: string, number: number, more: object = {}): object => ({ type: 'call-end', ...call(agent, number), end: 'finish', text: '', toolCalls: [], items: [], usage, usageSource: 'reported', costMicros: 4, ...more });
  const turnStart = (agent: string): object => ({ type: 'turn-start', agent, turn: 1, kind: 'answer', seen: {}, mayAnswer: true, fresh: true });
  const failure = { code: 'backend-unavailable', message: 'busy' };
  const digested = (events: readonly object[]): Omit<TurnReport, 'turn'> => digestOf(stamped([runStart('Why?', ['agent_a', 'agent_b']), ...events])).report as never;

  it('says which failed calls were made again, and counts a failure once', () => {
    const { errors, per_agent: agents } = digested([
      ...[turnStart('agent_a'), callStart('agent_a', 1), callEnd('agent_a', 1, { end: 'error', error: failure })],
      ...[{ type: 'retry-wait', ...call('agent_a', 1), attempt: 1, error: failure, until: 900 }, callStart('agent_a', 2), callEnd('agent_a', 2, { end: 'error', error: failure })],
      { type: 'agent-fail', agent: 'agent_a', error: failure },
    ]);
    expect(errors.map(({ kind, agent, message }) => `${kind} ${agent} ${message}`)).toEqual(['retried agent_a busy', 'agent agent_a busy']);
    expect(agents[0]).toMatchObject({ state: 'failed', calls: 2, retries: 1, error: 'busy', cost: 0.000008 });
  });

  it('takes the time of calls, and to their first word', () => {
    const { call_times: times } = digested([turnStart('agent_a'), callStart('agent_a', 1), { type: 'reasoning-delta', ...call('agent_a', 1), text: 'hm' }, { type: 'text-delta', of: 'reply', ...call('agent_a', 1), text: 'x' }, callEnd('agent_a', 1)]);
    expect(times).toMatchObject({ calls: 1, total_seconds: 0.3, average_seconds: 0.3, average_first_word_seconds: 0.1, by_backend: { scripted: { calls: 1 } } });
  });

  it('counts tools of providers with their time, and those of the workflow', () => {
    const tool = (status: string): object => ({ type: 'provider-tool', ...call('agent_a', 1), id: 'x', name: 'web_search', status });
    const { tools } = digested([turnStart('agent_a'), callStart('agent_a', 1), tool('start'), tool('end'), { ...tool('end'), id: 'y' }, callEnd('agent_a', 1, { toolCalls: [{ id: 'z', name: 'new_answer', argumentsText: '{}' }] })]);
    expect(tools).toEqual([
      { tool: 'web_search', kind: 'provider', agents: ['agent_a'], calls: 2, failures: 0, total_seconds: 0.1 },
      { tool: 'new_answer', kind: 'workflow', agents: ['agent_a'], calls: 1, failures: 0, total_seconds: null },
    ]);
  });

  it('gives unknown costs as unknown', () => {
    const { cost, totals, per_agent: agents } = digested([turnStart('agent_a'), callStart('agent_a', 1), callEnd('agent_a', 1, { costMicros: null })]);
    expect([cost, totals.cost, agents[0]?.cost, agents[1]?.cost]).toEqual([null, null, null, 0]);
  });

  it('holds no prompts and replies', () => {
    const before = retainedMb();
    const digest = createDigest();
    digest.take(stamped([runStart('Why?')])[0]!);
    for (let number = 1; number <= 400; number += 1) {
      for (const event of stamped([{ ...turnStart('agent_a'), turn: number }, { ...callStart('agent_a', number), turn: number, messages: [{ role: 'user', parts: ['x'.repeat(50_000) + String(number)] }] }, { ...callEnd('agent_a', number, { text: 'y'.repeat(50_000) + String(number) }), turn: number }])) digest.take(event);
    }
    expect(retainedMb() - before).toBeLessThan(25);
    expect(digest.report().rounds.length).toBe(400);
  });

  it('stops its timeline before it fills the memory', () => {
    const digest = createDigest();
    for (const event of stamped([runStart('Why?'), ...Array.from({ length: 20_100 }, () => ({ type: 'notice', level: 'info', message: 'x' })), answerFinal('Because.'), runEnd()])) digest.take(event);
    const { timeline, timelineLost, final_answer: final } = digest.report();
    expect([timeline.length, timelineLost, final?.text]).toEqual([20_000, 103, 'Because.']);
  });
});
