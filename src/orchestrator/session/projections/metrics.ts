import { agentList } from '../../coordination/state.js';
import { unixSeconds } from './log-clock.js';
import { average, callMs, countOutcomes, firstWordMs, roundUsage, wasStopped, type RoundUsage } from './round-usage.js';
import { callsOf, sumUsage, totalUsage } from './token-usage.js';
import { agentToolMetrics, toolExecutions, toolMetrics } from './tool-metrics.js';
import { pretty, roundsOf, type CallRecord, type RoundRecord, type TurnRecord } from './turn-record.js';

export const roundUsages = (record: TurnRecord, rounds: readonly RoundRecord[]): readonly RoundUsage[] => rounds.map((round) => roundUsage(round, wasStopped(record.state, round.agent)));

interface Timed {
  readonly calls: number;
  readonly time_ms: number;
  readonly ttft_ms: number | null;
}

function timesOf(calls: readonly CallRecord[]): Timed {
  return { calls: calls.length, time_ms: Math.round(calls.reduce((sum, call) => sum + callMs(call), 0) * 10) / 10, ttft_ms: average(calls.flatMap((call) => firstWordMs(call) ?? [])) };
}

function grouped(rounds: readonly RoundRecord[], key: (round: RoundRecord) => string): Readonly<Record<string, Timed>> {
  const keys = [...new Set(rounds.map(key))].sort();
  return Object.fromEntries(keys.map((each) => [each, timesOf(rounds.filter((round) => key(round) === each).flatMap(({ calls }) => calls))]));
}

function apiTiming({ rounds, state }: TurnRecord): Readonly<Record<string, unknown>> {
  const all = timesOf(rounds.flatMap(({ calls }) => calls));
  return {
    total_calls: all.calls,
    total_time_ms: all.time_ms,
    avg_time_ms: all.calls === 0 ? 0 : Math.round((all.time_ms / all.calls) * 10) / 10,
    avg_ttft_ms: all.ttft_ms,
    by_round: grouped(rounds, ({ round }) => `round_${round}`),
    by_backend: grouped(rounds, ({ agent }) => state.agents[agent]?.info.backend ?? 'unknown'),
  };
}

const NO_SUBAGENTS = { total_subagents: 0, total_input_tokens: 0, total_output_tokens: 0, total_estimated_cost: 0, total_api_time_ms: 0, total_api_calls: 0, subagents: [] };

/** metrics_summary.json: tokens, money, rounds, times and tools, in sum and of each agent. */
export function metricsSummary(record: TurnRecord): string {
  const { state, rounds, last, header } = record;
  const usages = roundUsages(record, rounds);
  const runs = toolExecutions(rounds);
  const used = totalUsage(record);
  const cost = used.estimated_cost;
  const agents = agentList(state).map(({ info: { id } }) => {
    const own = roundsOf(record, id);
    return [id, { tool_metrics: agentToolMetrics(runs.filter(({ agent_id }) => agent_id === id)), round_history: roundUsages(record, own), token_usage: sumUsage(callsOf(record, id)) }] as const;
  });
  return pretty({
    meta: { generated_at: unixSeconds(last.at), session_id: header.session_directory, question: state.task, num_agents: agents.length, winner: state.final?.agent ?? null },
    totals: { estimated_cost: cost, agent_cost: cost, subagent_cost: 0, input_tokens: used.input_tokens, output_tokens: used.output_tokens, reasoning_tokens: used.reasoning_tokens },
    tools: toolMetrics(runs),
    rounds: {
      total_rounds: rounds.length,
      by_outcome: countOutcomes(usages),
      ...{ total_input_tokens: used.input_tokens, total_output_tokens: used.output_tokens, total_reasoning_tokens: used.reasoning_tokens, total_estimated_cost: cost },
      avg_context_usage_pct: null,
    },
    api_timing: apiTiming(record),
    agents: Object.fromEntries(agents),
    subagents: NO_SUBAGENTS,
  });
}

/** metrics_events.json: every execution of a tool and every round. */
export const metricsEvents = (record: TurnRecord): string =>
  pretty({
    meta: { generated_at: unixSeconds(record.last.at), session_id: record.header.session_directory, question: record.state.task },
    tool_executions: toolExecutions(record.rounds),
    round_completions: roundUsages(record, record.rounds.filter(({ end }) => end !== null)),
  });
