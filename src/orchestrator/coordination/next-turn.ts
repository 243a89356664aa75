import type { TurnKind } from '../protocol.js';
import { answersAgain, isSettled, nothingToVoteOn } from './ballots.js';
import { candidates, liveAgents, patienceEnd, sameSeen, type AgentState, type RunState, type TurnState } from './state.js';

/** How a turn begins: `fresh` starts a new conversation, otherwise the agent's conversation goes on. */
export interface Opening {
  readonly kind: TurnKind;
  readonly fresh: boolean;
}

/** Votes may start: no live agent is in its first turn, or patience is off, over, or would be lost on an agent in long back-off. */
export function gateOpen(state: RunState): boolean {
  if (!state.settings.patience || state.patienceOver) return true;
  const end = patienceEnd(state);
  return !liveAgents(state).some((agent) => agent.firstTurn !== 'over' && (agent.turn?.retryAt ?? 0) <= end);
}

/** This turn may bring a new answer, and is not itself one of those that ask again on the present answers. */
function mayBringNews(state: RunState, turn: TurnState): boolean {
  if (turn.retryAt !== null || (turn.kind !== 'answer' && turn.kind !== 'vote')) return false;
  const asksAgain = turn.kind === 'vote' && !turn.fresh && sameSeen(turn.seen, state.heads);
  return !asksAgain && (turn.running?.mayAnswer ?? true);
}

/** Asking others again before such a turn has ended would cost a second delta. */
const newsComing = (state: RunState): boolean => liveAgents(state).some(({ turn }) => turn !== null && mayBringNews(state, turn));

function coordinationTurn(state: RunState, agent: AgentState): Opening | null {
  if (agent.firstTurn === 'pending') return { kind: state.order.length === 1 ? 'solo' : 'answer', fresh: true };
  if (agent.firstTurn === 'over' && answersAgain(state, agent)) return { kind: 'solo', fresh: false };
  if (agent.firstTurn !== 'over' || state.settings.skipVoting || isSettled(state, agent)) return null;
  if (candidates(state).length === 0 || nothingToVoteOn(state) || !gateOpen(state)) return null;
  if (agent.seen === null) return { kind: 'vote', fresh: true };
  return newsComing(state) ? null : { kind: 'vote', fresh: false };
}

/** Who checks the final answer: another live agent when there is one. */
function evaluatorOf(state: RunState): AgentState | undefined {
  const live = liveAgents(state);
  return live.find(({ info }) => info.id !== state.selection?.agent) ?? live[0];
}

/** The turn that an agent without one should get now. */
export function nextTurn(state: RunState, agent: AgentState): Opening | null {
  if (agent.failed !== null) return null;
  switch (state.phase) {
    case 'coordinating':
      return coordinationTurn(state, agent);
    case 'presenting':
      return state.selection?.agent === agent.info.id ? { kind: 'present', fresh: true } : null;
    case 'evaluating':
      if (state.evaluated !== null || state.settings.skipPresentation || state.attempt > state.settings.maxRestarts) return null;
      return evaluatorOf(state)?.info.id === agent.info.id ? { kind: 'evaluate', fresh: true } : null;
    case 'idle':
    case 'closing':
    case 'ended':
      return null;
  }
}
