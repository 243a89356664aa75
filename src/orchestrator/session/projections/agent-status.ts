import type { ErrorData } from '../../../errors.js';
import { maskConfig } from '../../config/mask.js';
import { agentList, answerLabel, newestRevision, sameSeen, type AgentState, type RunState } from '../../coordination/state.js';
import { unixSeconds } from './log-clock.js';
import { roundUsages } from './metrics.js';
import { reliabilityOf } from './reliability.js';
import { callsOf, sumUsage } from './token-usage.js';
import { agentToolMetrics, toolExecutions } from './tool-metrics.js';
import { preview, roundsOf, type RoundRecord, type TurnRecord } from './turn-record.js';

/** In MassGen’s words, and `cancelled`. */
export type StatusWord = 'waiting' | 'streaming' | 'answered' | 'voted' | 'restarting' | 'error' | 'timeout' | 'cancelled' | 'completed';

const REASON_PREVIEW = 100;

/** A text that a provider or the system wrote, without what looks like a key. */
export const maskedText = (text: string): string => String(maskConfig(text));

/** A vote on answers that have all stayed as they were; any other is superseded. */
export const holdsNow = (state: RunState, { ballot }: AgentState): boolean => ballot?.target != null && sameSeen(ballot.seen, state.heads);

const errorType = ({ code }: ErrorData): 'timeout' | 'error' => (/timeout|silent/u.test(code) ? 'timeout' : 'error');

/** How an agent ended: it has completed something, or its last round says why not. */
export function wordAtEnd(record: TurnRecord, { info, revisions, ballot }: AgentState): StatusWord {
  if (revisions.length > 0 || ballot !== null || record.state.final?.agent === info.id) return 'completed';
  const last = roundUsages(record, roundsOf(record, info.id).slice(-1)).at(-1)?.outcome;
  if (last === undefined || last === 'in_progress') return record.state.ending?.status === 'cancelled' || record.state.ending?.status === 'timeout' ? record.state.ending.status : 'waiting';
  return last === 'timeout' || last === 'cancelled' || last === 'error' ? last : 'completed';
}

/** What an agent is at. */
export function agentWord(record: TurnRecord, agent: AgentState): StatusWord {
  const { state } = record;
  const { failed, turn, ballot, revisions } = agent;
  if (failed !== null) return errorType(failed);
  if (state.phase === 'ended') return wordAtEnd(record, agent);
  if (turn !== null) return turn.running === null ? 'waiting' : 'streaming';
  if (holdsNow(state, agent)) return 'voted';
  if (ballot !== null && state.phase === 'coordinating') return 'restarting';
  return revisions.length > 0 ? 'answered' : 'waiting';
}

function voteOf(state: RunState, agent: AgentState): Readonly<Record<string, unknown>> | null {
  const target = agent.ballot?.target;
  if (agent.ballot == null || target == null || !holdsNow(state, agent)) return null;
  const voted = state.agents[target];
  return {
    voted_for_agent: target,
    voted_for_label: voted === undefined ? null : answerLabel(voted, agent.ballot.rev),
    reason_preview: preview(agent.ballot.reason, REASON_PREVIEW),
  };
}

function errorOf(record: TurnRecord, { info, failed, trouble }: AgentState, word: StatusWord): Readonly<Record<string, unknown>> | null {
  const timestamp = unixSeconds((record.lastSeen.get(info.id) ?? record.first).at);
  if (failed !== null) return { type: errorType(failed), message: maskedText(failed.message), timestamp };
  return word === 'timeout' || word === 'error' ? { type: word, message: maskedText(trouble ?? (word === 'timeout' ? 'ran out of time' : 'gave no answer')), timestamp } : null;
}

/** Asked again because answers changed: every question after the first, presentations and checks aside. */
const restartsOf = (rounds: readonly RoundRecord[]): number => Math.max(0, rounds.filter(({ kind }) => kind === 'answer' || kind === 'vote' || kind === 'solo').length - 1);

function statusOf(record: TurnRecord, agent: AgentState): Readonly<Record<string, unknown>> {
  const { state } = record;
  const { id } = agent.info;
  const rounds = roundsOf(record, id);
  const newest = rounds.at(-1);
  const newestAnswer = newestRevision(agent);
  const seen = record.lastSeen.get(id);
  const word = agentWord(record, agent);
  return {
    status: word,
    answer_count: agent.revisions.length,
    latest_answer_label: newestAnswer === undefined ? null : answerLabel(agent, newestAnswer.rev),
    vote_cast: voteOf(state, agent),
    times_restarted: restartsOf(rounds),
    last_activity: unixSeconds((seen ?? record.first).at),
    error: errorOf(record, agent, word),
    workspace_paths: null,
    token_usage: sumUsage(callsOf(record, id)),
    tool_metrics: agentToolMetrics(toolExecutions(rounds)),
    round_history: roundUsages(record, rounds.filter(({ end }) => end !== null)),
    round_timing: newest === undefined ? null : { round_number: newest.round, round_start_time: unixSeconds(newest.start.at) },
    reliability: reliabilityOf(rounds),
    backend: agent.info.backend,
    model: agent.info.model,
  };
}

/** `agents` of status.json, by id. */
export const agentStatuses = (record: TurnRecord): Readonly<Record<string, unknown>> => Object.fromEntries(agentList(record.state).map((agent) => [agent.info.id, statusOf(record, agent)]));
