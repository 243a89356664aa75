import type { ErrorData } from '../errors.js';
import { countedBallots } from './coordination/ballots.js';
import { agentList, answerLabel, candidates, type RunState } from './coordination/state.js';
import type { AgentId, FinalMark, RunStatus } from './protocol.js';

export interface VoteResults {
  /** Counted votes by the real id of the agent voted for; agents without votes are absent. */
  readonly vote_counts: Readonly<Record<AgentId, number>>;
  readonly voter_details: Readonly<Record<AgentId, readonly { readonly voter: AgentId; readonly reason: string }[]>>;
  readonly winner: AgentId | null;
  readonly is_tie: boolean;
  readonly total_votes: number;
  readonly agents_with_answers: number;
  readonly agents_voted: number;
  readonly agent_mapping: Readonly<Record<string, AgentId>>;
}

/** One submitted answer; `label` is `answerK.M` and `content` that very revision's text. */
export interface AnswerRecord {
  readonly label: string;
  readonly agent_id: AgentId;
  readonly content: string;
}

/** What a run came to. Names follow MassGen's result; money in US dollars, `null` when a price is unknown. */
export interface RunResult {
  readonly status: RunStatus;
  /** Empty when the run has none. */
  readonly final_answer: string;
  /** Why the final answer is less than it could be, if it is. */
  readonly marks: readonly FinalMark[];
  readonly error?: ErrorData;
  readonly session_id: string;
  readonly config_used: string;
  readonly log_directory: string | null;
  /** The directory whose `<agent>/answer.txt` is the final answer; null when it is in no file. */
  readonly final_answer_path: string | null;
  readonly selected_agent: AgentId | null;
  readonly vote_results: VoteResults;
  readonly answers: readonly AnswerRecord[];
  readonly agent_mapping: Readonly<Record<string, AgentId>>;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number; readonly cached_tokens: number; readonly reasoning_tokens: number };
  readonly cost: number | null;
  /** Some provider did not say what a call used: usage and cost are estimated in part. */
  readonly usage_estimated?: true;
  /** Where the prices of each agent's model come from: `config`, `local` or the name of the price data. */
  readonly cost_sources?: Readonly<Record<AgentId, string>>;
  /** The part of the cost that is for uses of the providers' own tools, by their names; a fee is null when it is not known. */
  readonly tool_fees?: Readonly<Record<string, { readonly uses: number; readonly cost: number | null }>>;
  readonly duration_seconds: number;
}

/** Where a run was configured and logged: what its events do not say. */
export interface RunPlace {
  readonly sessionId: string;
  readonly configUsed: string;
  readonly logDirectory: string | null;
  readonly finalAnswerPath: string | null;
}

function voteResults(state: RunState, mapping: Readonly<Record<string, AgentId>>): VoteResults {
  const { selection } = state;
  const counts = Object.fromEntries((selection?.tally ?? []).map(({ agent, votes }) => [agent, votes]));
  const { ballots } = selection === null ? { ballots: [] } : countedBallots(state, state.stop !== null);
  const details = new Map<AgentId, { voter: AgentId; reason: string }[]>();
  for (const { voter, target, reason } of ballots) details.set(target, [...(details.get(target) ?? []), { voter, reason }]);
  return {
    vote_counts: counts,
    voter_details: Object.fromEntries(details),
    winner: selection?.agent ?? null,
    is_tie: selection?.tie ?? false,
    total_votes: Object.values(counts).reduce((sum, votes) => sum + votes, 0),
    agents_with_answers: candidates(state).length,
    agents_voted: ballots.length,
    agent_mapping: mapping,
  };
}

function toUsage({ spent: { usage } }: RunState): RunResult['usage'] {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    cached_tokens: usage.cachedInputTokens ?? 0,
    reasoning_tokens: usage.reasoningTokens ?? 0,
  };
}

const costOf = ({ spent: { costKnown, costMicros, estimated } }: RunState): Pick<RunResult, 'cost' | 'usage_estimated'> => ({ cost: costKnown ? costMicros / 1e6 : null, ...(estimated ? { usage_estimated: true } : {}) });

function costSources(state: RunState): Pick<RunResult, 'cost_sources'> {
  const sources = agentList(state).flatMap(({ info }) => (info.priceSource === undefined ? [] : [[info.id, info.priceSource] as const]));
  return sources.length === 0 ? {} : { cost_sources: Object.fromEntries(sources) };
}

function toolFees({ spent }: RunState): Pick<RunResult, 'tool_fees'> {
  const { tools } = spent.usage;
  if (tools === undefined) return {};
  return { tool_fees: Object.fromEntries(Object.entries(tools).map(([name, { uses, costMicros }]) => [name, { uses, cost: costMicros === undefined ? null : costMicros / 1e6 }])) };
}

/** The result of an ended run, from its state. */
export function toResult(state: RunState, place: RunPlace): RunResult {
  const sorted = [...agentList(state)].sort((one, other) => one.info.anonymous.localeCompare(other.info.anonymous, 'en', { numeric: true }));
  const mapping = Object.fromEntries(sorted.map(({ info }) => [info.anonymous, info.id]));
  const { ending, final } = state;
  return {
    status: ending?.status ?? 'failed',
    final_answer: final?.text ?? '',
    marks: final?.marks ?? [],
    ...(ending?.error === undefined ? {} : { error: ending.error }),
    session_id: place.sessionId,
    config_used: place.configUsed,
    log_directory: place.logDirectory,
    final_answer_path: final === null ? null : place.finalAnswerPath,
    selected_agent: final?.agent ?? null,
    vote_results: voteResults(state, mapping),
    answers: sorted.flatMap((agent) => agent.revisions.map(({ rev, text }) => ({ label: answerLabel(agent, rev), agent_id: agent.info.id, content: text }))),
    agent_mapping: mapping,
    usage: toUsage(state),
    ...costOf(state),
    ...costSources(state),
    ...toolFees(state),
    duration_seconds: (ending?.durationMs ?? 0) / 1000,
  };
}
