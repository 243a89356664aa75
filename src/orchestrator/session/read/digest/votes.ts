import { agentOf, liveAgents, newestRevision, sameSeen, type RunState } from '../../../coordination/state.js';
import type { AgentId, RunEvent } from '../../../protocol.js';
import type { VoteReport, VoteOutcome } from '../report.js';
import { inSeconds } from './call-times.js';

type Cast = Omit<VoteReport, 'standing'>;
type Selection = Extract<RunEvent, { type: 'winner-select' }>;

/** Follows who votes for whom, and which of the votes count. */
export interface VoteDigest {
  /** `before` is the state that the event changes. */
  readonly take: (event: RunEvent, before: RunState) => void;
  /** `state` is the last one. */
  readonly votes: (state: RunState) => readonly VoteReport[];
  readonly results: () => VoteOutcome | null;
}

/** The agents whose ballots count: cast on the present answers or, after an early stop, on an answer that still stands. */
function counting(state: RunState, basis: Selection['basis']): ReadonlySet<AgentId> {
  const ballots = liveAgents(state).filter(({ ballot }) => {
    if (ballot?.target == null) return false;
    return basis === 'standing' ? newestRevision(agentOf(state, ballot.target))?.rev === ballot.rev : sameSeen(ballot.seen, state.heads);
  });
  return new Set(ballots.map(({ info }) => info.id));
}

function toResults({ agent, tally, basis, unanimous, tie }: Selection): VoteOutcome {
  const counts = Object.fromEntries(tally.map((each) => [each.agent, each.votes]));
  return { winner: agent, counts, total: tally.reduce((sum, { votes }) => sum + votes, 0), basis, unanimous, tie };
}

export function createVoteDigest(): VoteDigest {
  const cast: Cast[] = [];
  /** Each agent's newest ballot, by its place in `cast`. */
  let newest = new Map<AgentId, number>();
  let counted: ReadonlySet<number> | null = null;
  let results: VoteOutcome | null = null;
  const placesOf = (agents: ReadonlySet<AgentId>): ReadonlySet<number> => new Set([...newest].filter(([agent]) => agents.has(agent)).map(([, place]) => place));
  const put = (vote: Cast): void => {
    newest.set(vote.voter, cast.push(vote) - 1);
  };
  const take = (event: RunEvent, before: RunState): void => {
    switch (event.type) {
      case 'vote-cast':
        put({ voter: event.agent, target: event.target, label: event.label, reason: event.reason, seconds: inSeconds(event.t) });
        break;
      case 'vote-abstain':
        put({ voter: event.agent, target: null, label: null, reason: event.why, seconds: inSeconds(event.t) });
        break;
      case 'winner-select':
        counted = placesOf(counting(before, event.basis));
        results = toResults(event);
        break;
      case 'attempt-start':
        newest = new Map();
        [counted, results] = [null, null];
        break;
      default:
    }
  };
  return {
    take,
    votes: (state) => {
      const standing = counted ?? placesOf(counting(state, 'current'));
      const word = counted === null ? 'open' : 'counted';
      return cast.map((vote, place) => ({ ...vote, standing: standing.has(place) ? word : 'superseded' }));
    },
    results: () => results,
  };
}
