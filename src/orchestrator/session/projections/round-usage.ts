import type { RunState } from '../../coordination/state.js';
import type { AgentId } from '../../protocol.js';
import { unixSeconds } from './log-clock.js';
import { sumUsage, type TokenUsage } from './token-usage.js';
import type { CallRecord, RoundRecord } from './turn-record.js';

/** How a round ended, in MassGen's words and two of ours. */
export type RoundOutcome = 'answer' | 'vote' | 'presentation' | 'post_evaluation' | 'restarted' | 'error' | 'timeout' | 'abstain' | 'cancelled' | 'in_progress';

/** One round of one agent. Times in seconds since 1970, durations in ms of wall time. */
export interface RoundUsage extends TokenUsage {
  readonly round_number: number;
  readonly agent_id: string;
  readonly round_type: 'initial_answer' | 'voting' | 'presentation' | 'post_evaluation';
  readonly outcome: RoundOutcome;
  /** Null: nobody says how much the model takes in. */
  readonly context_window_size: number | null;
  readonly context_usage_pct: number | null;
  readonly tool_calls_count: number;
  readonly token_source: 'api' | 'estimated';
  readonly start_time: number;
  readonly end_time: number | null;
  readonly duration_ms: number | null;
  readonly api_calls_count: number;
  readonly api_time_ms: number;
  readonly avg_ttft_ms: number | null;
}

const TYPES = { answer: 'initial_answer', solo: 'initial_answer', vote: 'voting', present: 'presentation', evaluate: 'post_evaluation' } as const;

function outcomeOf({ outcome, timedOut }: RoundRecord, cancelled: boolean): RoundOutcome {
  switch (outcome) {
    case null:
      return 'in_progress';
    case 'answer':
    case 'vote':
      return outcome;
    case 'abstain':
      return timedOut ? 'timeout' : 'abstain';
    case 'presented':
      return 'presentation';
    case 'evaluated':
      return 'post_evaluation';
    case 'aborted':
      return cancelled ? 'cancelled' : 'timeout';
    case 'failed':
    case 'nothing':
      return timedOut ? 'timeout' : 'error';
  }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

export const average = (values: readonly number[]): number | null => (values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value, 0) / values.length));

/** Ms from a call's start to its first word, where one was heard before its end. */
export const firstWordMs = ({ start, firstWord }: CallRecord): number | null => (firstWord === null ? null : rounded(firstWord.t - start.t));

export const callMs = ({ start, end }: CallRecord): number => (end === null ? 0 : rounded(end.t - start.t));

const finished = new WeakMap<RoundRecord, RoundUsage>();

/** What of an agent was aborted did not run out of time: somebody stopped it or the run, or asked for the answer, or the budget was used up. */
export const wasStopped = ({ stop, marks, agents }: RunState, agent: AgentId): boolean => stop === 'cancel' || agents[agent]?.failed != null || !marks.includes('time-limit');

/** `cancelled`: see `wasStopped`. A round that is over is looked at once. */
export function roundUsage(round: RoundRecord, cancelled: boolean): RoundUsage {
  const known = finished.get(round);
  if (known !== undefined) return known;
  const usage = usageOf(round, cancelled);
  if (round.outcome === 'answer' || round.outcome === 'vote' || round.outcome === 'presented') finished.set(round, usage);
  return usage;
}

function usageOf(round: RoundRecord, cancelled: boolean): RoundUsage {
  const { calls, start, end } = round;
  return {
    round_number: round.round,
    agent_id: round.agent,
    round_type: TYPES[round.kind],
    outcome: outcomeOf(round, cancelled),
    ...sumUsage(calls),
    context_window_size: null,
    context_usage_pct: null,
    tool_calls_count: calls.reduce((sum, { used }) => sum + used.length, 0),
    token_source: calls.some(({ estimated }) => estimated) ? 'estimated' : 'api',
    start_time: unixSeconds(start.at),
    end_time: end === null ? null : unixSeconds(end.at),
    duration_ms: end === null ? null : rounded(end.t - start.t),
    api_calls_count: calls.length,
    api_time_ms: rounded(calls.reduce((sum, call) => sum + callMs(call), 0)),
    avg_ttft_ms: average(calls.flatMap((call) => firstWordMs(call) ?? [])),
  };
}

/** MassGen's seven outcomes always, others where they happened. */
export function countOutcomes(rounds: readonly RoundUsage[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { answer: 0, vote: 0, presentation: 0, post_evaluation: 0, restarted: 0, error: 0, timeout: 0 };
  for (const { outcome } of rounds) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
