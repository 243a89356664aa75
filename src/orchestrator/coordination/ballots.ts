import type { AgentId, Basis, Tally } from '../protocol.js';
import { agentList, agentOf, candidates, liveAgents, newestRevision, sameSeen, type AgentState, type Ballot, type RunState } from './state.js';
import { answerLimit } from './limits.js';

/** After two abstentions an agent is not asked again. */
const MAX_ABSTENTIONS = 2;

/** Nothing more is expected of the agent while the answers stay as they are. */
export function isSettled(state: RunState, agent: AgentState): boolean {
  return agent.abstentions >= MAX_ABSTENTIONS || (agent.ballot !== null && agent.ballot.heard === state.messages.length && sameSeen(agent.ballot.seen, state.heads));
}

/** One answer, and nobody who could add another. */
export const nothingToVoteOn = (state: RunState): boolean => candidates(state).length < 2 && liveAgents(state).every((agent) => answerLimit(state, agent) !== null);

/** The only agent has answered and then been told something: it answers again. What its caller's tools said is not ours to say. */
export function answersAgain(state: RunState, { conversation, heard, revisions }: AgentState): boolean {
  const last = conversation.at(-1);
  return state.order.length === 1 && revisions.length > 0 && heard < state.messages.length && last?.role === 'assistant' && last.toolCalls.length === 0;
}

/** Every live agent has had its first turn and nothing is left to ask anyone. */
export function isComplete(state: RunState): boolean {
  const live = liveAgents(state);
  if (live.some((agent) => answersAgain(state, agent))) return false;
  if (live.some((agent) => agent.turn !== null)) return false;
  if (live.some((agent) => agent.firstTurn !== 'over')) return false;
  if (candidates(state).length === 0 || live.length === 0 || state.settings.skipVoting || nothingToVoteOn(state)) return true;
  return live.every((agent) => isSettled(state, agent));
}

interface Count {
  readonly winner: AgentId;
  readonly tally: readonly Tally[];
  readonly basis: Basis;
  readonly unanimous: boolean;
  readonly tie: boolean;
}

type CastBallot = Ballot & { readonly target: AgentId; readonly voter: AgentId };

/** A vote counts when it was cast on the present answers; on an early stop also when its target has not changed since. */
export function countedBallots(state: RunState, early: boolean): { ballots: readonly CastBallot[]; allCurrent: boolean } {
  const cast = liveAgents(state).flatMap(({ info, ballot }): CastBallot[] => (ballot?.target == null ? [] : [{ voter: info.id, ...ballot, target: ballot.target }]));
  const current = cast.filter(({ seen }) => sameSeen(seen, state.heads));
  if (!early) return { ballots: current, allCurrent: true };
  const standing = cast.filter(({ target, rev }) => newestRevision(agentOf(state, target))?.rev === rev);
  return { ballots: standing, allCurrent: standing.length === current.length };
}

/** Most counted votes wins; without any, who had won before a restart; ties, and the rest, go to config order among agents with an answer. Undefined without any answer. */
export function countVotes(state: RunState, early: boolean): Count | undefined {
  const rivals = candidates(state);
  const first = rivals[0];
  if (first === undefined) return undefined;
  const { ballots, allCurrent } = countedBallots(state, early);
  const votesFor = (agent: AgentState): number => ballots.filter(({ target }) => target === agent.info.id).length;
  const most = Math.max(...rivals.map(votesFor));
  const leaders = rivals.filter((agent) => votesFor(agent) === most);
  const before = most === 0 ? rivals.find(({ info }) => info.id === state.previousWinner) : undefined;
  const winner = before ?? leaders[0] ?? first;
  const live = liveAgents(state);
  return {
    winner: winner.info.id,
    tally: agentList(state)
      .map((agent) => ({ agent: agent.info.id, votes: votesFor(agent) }))
      .filter(({ votes }) => votes > 0),
    basis: ballots.length === 0 ? 'none' : allCurrent ? 'current' : 'standing',
    unanimous: live.length > 0 && most === live.length && allCurrent,
    tie: most > 0 && leaders.length > 1,
  };
}
