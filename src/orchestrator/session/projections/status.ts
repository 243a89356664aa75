import type { ErrorData } from '../../../errors.js';
import { agentList, answerLabel, candidates, type AgentState, type RunState } from '../../coordination/state.js';
import { FINAL_MARKS } from '../../final-words.js';
import type { RunStatus } from '../../protocol.js';
import { agentStatuses, holdsNow, maskedText } from './agent-status.js';
import { unixSeconds } from './log-clock.js';
import { roundUsages } from './metrics.js';
import { countOutcomes } from './round-usage.js';
import { totalUsage } from './token-usage.js';
import { toolExecutions, toolMetrics } from './tool-metrics.js';
import { pretty, preview, type Moment, type TurnRecord } from './turn-record.js';

const ANSWER_PREVIEW = 200;

const REASONS = { completed: 'completed', failed: 'error', timeout: 'timeout', cancelled: 'cancelled' } as const satisfies Record<RunStatus, string>;

function finish(state: RunState, broken: ErrorData | null): { readonly finish_reason: string; readonly finish_reason_details: string; readonly is_complete: boolean } {
  const { ending, final } = state;
  if (broken !== null) return { finish_reason: 'error', finish_reason_details: broken.message, is_complete: true };
  if (ending === null) return { finish_reason: 'in_progress', finish_reason_details: '', is_complete: false };
  const marks = (final?.marks ?? []).map((mark) => FINAL_MARKS[mark]).join('; ');
  return { finish_reason: REASONS[ending.status], finish_reason_details: ending.error === undefined ? marks : maskedText(ending.error.message), is_complete: true };
}

/** Counted votes by the label voted for: of the votes that hold, or that chose the winner. */
function voteCounts(state: RunState): Readonly<Record<string, number>> {
  const { selection } = state;
  const label = (id: string, rev: number): string => (state.agents[id] === undefined ? id : answerLabel(state.agents[id], rev));
  if (selection !== null) return Object.fromEntries(selection.tally.map(({ agent, votes }) => [label(agent, state.heads[agent] ?? 0), votes]));
  const counts: Record<string, number> = {};
  const holding = agentList(state).filter((agent) => holdsNow(state, agent));
  for (const { ballot } of holding) {
    const key = label(ballot?.target ?? '', ballot?.rev ?? 0);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const hasVoted = (agent: AgentState): boolean => agent.ballot?.target != null;
const presents = ({ phase, selection }: RunState): boolean => selection !== null && phase !== 'coordinating';

function phaseOf(state: RunState): 'initial_answer' | 'enforcement' | 'presentation' {
  if (presents(state)) return 'presentation';
  return agentList(state).some(hasVoted) ? 'enforcement' : 'initial_answer';
}

/** Answers and holding votes out of one each of every agent; 100 only when nothing more will come. */
function percentage(state: RunState): number {
  if (state.phase === 'ended') return 100;
  const agents = agentList(state);
  const done = candidates(state).length + agents.filter((agent) => holdsNow(state, agent)).length;
  return agents.length === 0 ? 0 : Math.min(99, Math.floor((100 * done) / (2 * agents.length)));
}

function activeAgent({ state, active }: TurnRecord): string | null {
  return active !== null && state.agents[active]?.turn?.running != null ? active : (agentList(state).find(({ turn }) => turn?.running != null)?.info.id ?? null);
}

export interface StatusOptions {
  /** The time to say it is; that of the newest event unless the run is still going. */
  readonly asOf?: Moment;
  /** Why a log without an end will not get one, or what of a run's end is not on the disk. */
  readonly broken?: ErrorData;
  /** The final answer has no file, so nobody is told of it here. */
  readonly withoutFinal?: boolean;
}

function meta(record: TurnRecord, asOf: Moment): Readonly<Record<string, unknown>> {
  const { header, state, first } = record;
  return {
    last_updated: unixSeconds(asOf.at),
    session_id: header.session_directory,
    log_dir: header.log_directory,
    question: state.task,
    start_time: unixSeconds(first.at),
    elapsed_seconds: Math.round(asOf.t) / 1000,
    orchestrator_paths: { snapshot_storage: null, temp_workspace_parent: null },
    run_id: state.session,
    turn: record.start?.turn ?? 1,
    attempt: state.attempt,
  };
}

/** status.json: how the run stands. `is_complete` and `winner` are true of what is on disk when the final files are written before this one. */
export function statusJson(record: TurnRecord, { asOf = record.last, broken, withoutFinal = false }: StatusOptions = {}): string {
  const { state, rounds } = record;
  const used = totalUsage(record);
  const ended = rounds.filter(({ end }) => end !== null);
  const cost = used.estimated_cost;
  const final = withoutFinal ? null : state.final;
  return pretty({
    ...finish(state, broken ?? null),
    meta: meta(record, asOf),
    costs: { total_estimated_cost: cost, total_input_tokens: used.input_tokens, total_output_tokens: used.output_tokens },
    tools: toolMetrics(toolExecutions(rounds)),
    rounds: { total_rounds: ended.length, by_outcome: countOutcomes(roundUsages(record, ended)), total_round_input_tokens: used.input_tokens, total_round_output_tokens: used.output_tokens, total_round_cost: cost },
    coordination: { phase: phaseOf(state), active_agent: activeAgent(record), completion_percentage: percentage(state), is_final_presentation: presents(state) },
    agents: agentStatuses(record),
    historical_workspaces: [],
    results: { votes: voteCounts(state), winner: final?.agent ?? null, final_answer_preview: final === null ? null : preview(final.text, ANSWER_PREVIEW) },
  });
}
