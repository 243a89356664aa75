import type { AgentReport, CallTimes, RoundReport, TokenCounts, ToolReport, TurnReport, VoteReport } from '../report.js';
import { entriesOf, sinceStart } from './coordination.js';
import { agentErrors, agentsOf, costOf, deliveredBy, metricsAgents, statusAgents } from './facts.js';
import { asCount, asList, asNumber, asObject, asText, type Loose } from './loose.js';
import type { ForeignParts } from './read-parts.js';

const tokensOf = (usage: Loose): TokenCounts => ({
  input_tokens: asCount(usage['input_tokens']),
  output_tokens: asCount(usage['output_tokens']),
  cached_input_tokens: asCount(usage['cached_input_tokens']),
  reasoning_tokens: asCount(usage['reasoning_tokens']),
});

const KINDS: Readonly<Record<string, RoundReport['kind']>> = { initial_answer: 'answer', voting: 'vote', enforcement: 'vote', presentation: 'present', post_evaluation: 'evaluate' };
const OUTCOMES: Readonly<Record<string, RoundReport['outcome']>> = { answer: 'answer', vote: 'vote', presentation: 'presented', post_evaluation: 'evaluated', restarted: 'aborted', error: 'failed', timeout: 'aborted' };

const pick = <Value>(table: Readonly<Record<string, Value>>, key: string | null): Value | null => (key !== null && Object.hasOwn(table, key) ? (table[key] ?? null) : null);

function historyOf(parts: ForeignParts, agent: string): readonly Loose[] {
  const history = asList(asObject(metricsAgents(parts)[agent])['round_history']);
  return (history.length > 0 ? history : asList(asObject(statusAgents(parts)[agent])['round_history'])).map(asObject);
}

export function foreignRounds(parts: ForeignParts): readonly RoundReport[] {
  const rounds = agentsOf(parts).flatMap((agent) =>
    historyOf(parts, agent).map((round, index): RoundReport => ({
      agent,
      round: asNumber(round['round_number']) ?? index,
      kind: pick(KINDS, asText(round['round_type'])),
      outcome: pick(OUTCOMES, asText(round['outcome'])),
      start_seconds: sinceStart(parts, asNumber(round['start_time'])) ?? 0,
      end_seconds: sinceStart(parts, asNumber(round['end_time'])),
      calls: asCount(round['api_calls_count']),
      cost: asNumber(round['estimated_cost']),
      ...tokensOf(round),
    })),
  );
  return rounds.sort((one, other) => one.start_seconds - other.start_seconds);
}

function stateOf(status: Loose): AgentReport['state'] {
  switch (status['status']) {
    case 'error':
    case 'timeout':
      return 'failed';
    case 'streaming':
    case 'restarting':
      return 'working';
    case 'voted':
      return 'voted';
    case 'answered':
    case 'completed':
      return 'answered';
    default:
      return asCount(status['answer_count']) > 0 ? 'answered' : 'waiting';
  }
}

export function foreignAgents(parts: ForeignParts, votes: readonly VoteReport[], rounds: readonly RoundReport[]): readonly AgentReport[] {
  const [errors, winner] = [agentErrors(parts), deliveredBy(parts)];
  const configured = asList(asObject(parts.metadata?.['config'])['agents']).map(asObject);
  return agentsOf(parts).map((agent): AgentReport => {
    const [status, metrics] = [asObject(statusAgents(parts)[agent]), asObject(metricsAgents(parts)[agent])];
    const usage = { ...asObject(status['token_usage']), ...asObject(metrics['token_usage']) };
    const backend = asObject(configured.find(({ id }) => id === agent)?.['backend']);
    const own = rounds.filter((round) => round.agent === agent);
    const answers = entriesOf(parts).filter((entry) => entry.type === 'new_answer' && entry.agent === agent).length;
    return {
      agent,
      anonymous: null,
      backend: asText(backend['type']),
      model: asText(backend['model']),
      state: stateOf(status),
      winner: agent === winner,
      answers: Math.max(answers, asCount(status['answer_count'])),
      votes: votes.filter(({ voter }) => voter === agent).length,
      rounds: own.length,
      calls: own.reduce((sum, { calls }) => sum + calls, 0),
      retries: 0,
      call_seconds: historyOf(parts, agent).reduce((sum, round) => sum + asCount(round['api_time_ms']), 0) / 1000,
      cost: asNumber(usage['estimated_cost']),
      ...tokensOf(usage),
      error: errors.find((error) => error.agent === agent)?.message ?? null,
    };
  });
}

export function foreignTools(parts: ForeignParts): readonly ToolReport[] {
  const tools = asObject(parts.metrics?.['tools'] ?? parts.status?.['tools']);
  return Object.entries(asObject(tools['by_tool'])).map(([tool, value]): ToolReport => {
    const metrics = asObject(value);
    const time = asNumber(metrics['total_execution_time_ms']);
    return { tool, kind: metrics['tool_type'] === 'provider' ? 'provider' : 'other', agents: [], calls: asCount(metrics['call_count']), failures: asCount(metrics['failure_count']), total_seconds: time === null ? null : time / 1000 };
  });
}

export function foreignTotals(parts: ForeignParts): TurnReport['totals'] {
  const [totals, costs] = [asObject(parts.metrics?.['totals']), asObject(parts.status?.['costs'])];
  const input = asNumber(totals['input_tokens']) ?? asCount(costs['total_input_tokens']);
  const output = asNumber(totals['output_tokens']) ?? asCount(costs['total_output_tokens']);
  return { input_tokens: input, output_tokens: output, cached_input_tokens: asCount(totals['cached_input_tokens']), reasoning_tokens: asCount(totals['reasoning_tokens']), total_tokens: input + output, cost: costOf(parts) };
}

function timesOf(value: Loose, total: string, average: string, first: string): CallTimes {
  const calls = asNumber(value['total_calls']) ?? asCount(value['calls']);
  const ms = asCount(value[total]);
  const inSeconds = (name: string): number | null => (asNumber(value[name]) === null ? null : asCount(value[name]) / 1000);
  return { calls, total_seconds: ms / 1000, average_seconds: inSeconds(average) ?? (calls === 0 ? null : ms / calls / 1000), average_first_word_seconds: inSeconds(first) };
}

export function foreignTimes(parts: ForeignParts): TurnReport['call_times'] {
  const timing = asObject(parts.metrics?.['api_timing']);
  const backends = Object.entries(asObject(timing['by_backend'])).map(([name, value]) => [name, timesOf(asObject(value), 'time_ms', 'avg_time_ms', 'avg_ttft_ms')] as const);
  return { ...timesOf(timing, 'total_time_ms', 'avg_time_ms', 'avg_ttft_ms'), by_backend: Object.fromEntries(backends) };
}
