import { agentList, type AgentState, type RunState } from '../../../coordination/state.js';
import type { AgentId, RunEvent } from '../../../protocol.js';
import type { AgentReport, RoundReport, TokenCounts } from '../report.js';
import type { CallTimesDigest } from './call-times.js';

/** Follows what each agent did that its rounds do not say. */
export interface AgentDigest {
  readonly take: (event: RunEvent) => void;
  readonly agents: (state: RunState, rounds: readonly RoundReport[], times: CallTimesDigest) => readonly AgentReport[];
}

interface Counts {
  votes: number;
  retries: number;
}

const TOKENS = ['input_tokens', 'output_tokens', 'cached_input_tokens', 'reasoning_tokens'] as const;

/** The sums of tokens over rounds. */
function sumTokens(rounds: readonly TokenCounts[]): TokenCounts {
  const sum = (name: keyof TokenCounts): number => rounds.reduce((total, round) => total + round[name], 0);
  return Object.fromEntries(TOKENS.map((name) => [name, sum(name)])) as unknown as TokenCounts;
}

/** The sum of costs in US dollars, exact to the millionth; null when one is not known. */
function sumCost(rounds: readonly { readonly cost: number | null }[]): number | null {
  const total = rounds.reduce<number | null>((sum, { cost }) => (sum === null || cost === null ? null : sum + cost), 0);
  return total === null ? null : Math.round(total * 1e6) / 1e6;
}

function stateOf({ info, failed, turn, ballot, revisions }: AgentState, { ending, final }: RunState): AgentReport['state'] {
  if (failed !== null) return 'failed';
  if (turn !== null && ending === null) return 'working';
  if (ballot !== null) return ballot.target === null ? 'abstained' : 'voted';
  if (revisions.length > 0 || final?.agent === info.id) return 'answered';
  return ending === null ? 'waiting' : 'unanswered';
}

export function createAgentDigest(): AgentDigest {
  const counts = new Map<AgentId, Counts>();
  const countsOf = (agent: AgentId): Counts => {
    const found = counts.get(agent) ?? { votes: 0, retries: 0 };
    counts.set(agent, found);
    return found;
  };
  return {
    take: (event) => {
      if (event.type === 'vote-cast') countsOf(event.agent).votes += 1;
      if (event.type === 'retry-wait') countsOf(event.agent).retries += 1;
    },
    agents: (state, rounds, times) =>
      agentList(state).map((agent): AgentReport => {
        const { info } = agent;
        const own = rounds.filter((round) => round.agent === info.id);
        return {
          agent: info.id,
          anonymous: info.anonymous,
          backend: info.backend,
          model: info.model,
          state: stateOf(agent, state),
          winner: state.final?.agent === info.id,
          answers: agent.revisions.length,
          rounds: own.length,
          ...countsOf(info.id),
          calls: own.reduce((sum, round) => sum + round.calls, 0),
          call_seconds: times.times([info.id]).total_seconds,
          cost: sumCost(own),
          ...sumTokens(own),
          error: agent.failed?.message ?? null,
        };
      }),
  };
}
