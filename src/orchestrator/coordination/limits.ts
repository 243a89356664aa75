import { agentList, newestRevision, type AgentState, type RunState } from './state.js';

/** Without a configured limit an agent may still not answer for ever. */
const ANSWER_CEILING = 5;

const answersThisAttempt = (state: RunState, agent: AgentState): number => agent.revisions.filter(({ attempt }) => attempt === state.attempt).length;

/** Why the agent may not submit another answer now; null when it may. A first answer is never refused. */
export function answerLimit(state: RunState, agent: AgentState): string | null {
  const own = answersThisAttempt(state, agent);
  if (own === 0) return null;
  const { maxAnswersPerAgent, maxAnswersGlobal, fairness } = state.settings;
  if (own >= (maxAnswersPerAgent ?? ANSWER_CEILING)) return `you have submitted ${String(own)} answers, which is the limit`;
  const all = agentList(state).reduce((sum, each) => sum + answersThisAttempt(state, each), 0);
  if (maxAnswersGlobal !== null && all >= maxAnswersGlobal) return `the agents have submitted ${String(all)} answers together, which is the limit`;
  const peers = agentList(state).filter((each) => each.failed === null && each.info.id !== agent.info.id);
  if (peers.length === 0) return 'no other agent is left to read a further answer';
  const slowest = Math.min(...peers.map((peer) => answersThisAttempt(state, peer)));
  if (fairness.enabled && own + 1 - slowest > fairness.leadCap) return `you are ${String(own - slowest)} answers ahead of another agent; let it catch up`;
  return null;
}

const NOVELTY_LIMIT = { lenient: null, balanced: 0.7, strict: 0.5 } as const;

const words = (text: string): Set<string> => new Set(text.toLowerCase().split(/\s+/u).filter(Boolean));

/** Share of words that two texts have in common, 0 to 1 (Jaccard). */
function overlap(one: string, other: string): number {
  const [left, right] = [words(one), words(other)];
  const shared = [...left].filter((word) => right.has(word)).length;
  const all = left.size + right.size - shared;
  return all === 0 ? 1 : shared / all;
}

interface SeenText {
  readonly agent: AgentState;
  readonly rev: number;
  readonly text: string;
}

/** The texts that a call's author had before it: the revisions in `seen`, and all of its own. */
export function seenTexts(state: RunState, author: AgentState, seen: Readonly<Record<string, number>>): readonly SeenText[] {
  return agentList(state).flatMap((agent) =>
    agent.revisions.filter(({ rev }) => (agent.info.id === author.info.id ? rev <= (newestRevision(author)?.rev ?? 0) : rev === seen[agent.info.id])).map(({ rev, text }) => ({ agent, rev, text })),
  );
}

/** The seen text that this one repeats too closely for the configured novelty, if any. */
export function tooClose(state: RunState, text: string, seen: readonly SeenText[]): SeenText | undefined {
  const limit = NOVELTY_LIMIT[state.settings.novelty];
  return limit === null ? undefined : seen.find((other) => overlap(text, other.text) > limit);
}
