import { agentList, coordinationDeadline, liveAgents, type RunState } from '../../../src/orchestrator/coordination/state.js';
import type { Seen } from '../../../src/orchestrator/protocol.js';
import type { SimulatedRun } from '../simulation.js';
import { met, of, type FactOf } from './log.js';

function limitProblems(before: RunState, agent: string): string[] {
  const { maxAnswersPerAgent, maxAnswersGlobal, fairness } = before.settings;
  const answersOf = (id: string): number => before.agents[id]?.revisions.filter(({ attempt }) => attempt === before.attempt).length ?? 0;
  const own = answersOf(agent);
  if (own === 0 || before.order.length === 1) return [];
  const found: string[] = [];
  const peers = liveAgents(before).filter(({ info }) => info.id !== agent);
  if (own >= (maxAnswersPerAgent ?? 5)) found.push('10: an answer over its author’s limit');
  if (maxAnswersGlobal !== null && before.order.reduce((sum, id) => sum + answersOf(id), 0) >= maxAnswersGlobal) found.push('10: an answer over the limit of all');
  if (peers.length === 0) found.push('10: a further answer that nobody can read');
  if (fairness.enabled && own + 1 - Math.min(...peers.map(({ info }) => answersOf(info.id))) > fairness.leadCap) found.push('10: an answer too far ahead');
  return found;
}

/** 10: revisions are consecutive, nobody forgets, limits hold when an answer is accepted. */
export function revisions({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const seenBefore = new Map<string, Seen>();
  for (const fact of of(log, 'call-start')) {
    const earlier = seenBefore.get(fact.agent) ?? {};
    if (Object.keys(earlier).some((id) => (fact.seen[id] ?? 0) < (earlier[id] ?? 0))) found.push('10: seen went backwards');
    seenBefore.set(fact.agent, fact.seen);
  }
  for (const { fact, before } of met(log, 'answer-accept')) {
    if (fact.rev !== (before.agents[fact.agent]?.revisions.at(-1)?.rev ?? 0) + 1) found.push('10: revisions are not consecutive');
    if (fact.text.trim() === '') found.push('10: an empty answer was accepted');
    found.push(...limitProblems(before, fact.agent));
  }
  return found;
}

type Amount = 'tokens' | 'costMicros';

const maximum = ({ settings: { budget } }: RunState, of: Amount): number => (of === 'tokens' ? budget.maxTokens : budget.maxCostMicros) ?? Infinity;

function callProblems(fact: FactOf<'call-start'>, before: RunState): string[] {
  const found: string[] = [];
  for (const amount of ['tokens', 'costMicros'] as const) {
    const reserved = agentList(before).reduce((sum, { turn }) => sum + (turn?.running?.reserved[amount] ?? 0), fact.reserved[amount]);
    if (before.spent[amount] + reserved > maximum(before, amount)) found.push('13: a call past the budget');
  }
  const kind = before.agents[fact.agent]?.turn?.kind;
  if (before.stop === 'budget') found.push('13: a call after the budget was reached');
  if (before.stop === 'cancel') found.push('14: a call after the cancel');
  if (fact.t >= coordinationDeadline(before.settings) && kind !== 'present') found.push(`14: a call of a turn to ${kind ?? 'nothing'} after the deadline`);
  if (fact.t >= before.settings.limits.totalMs) found.push('14: a call after the time limit');
  return found;
}

/** 13: what is overspent was spent by calls that took more than they had reserved. */
function overspent({ log, state }: SimulatedRun): string[] {
  const beyond = (amount: Amount): number =>
    met(log, 'call-end').reduce((sum, { fact, before }) => {
      const used = amount === 'tokens' ? fact.usage.inputTokens + fact.usage.outputTokens : (fact.costMicros ?? 0);
      return sum + Math.max(0, used - (before.agents[fact.agent]?.turn?.running?.reserved[amount] ?? 0));
    }, 0);
  return (['tokens', 'costMicros'] as const).filter((amount) => state.spent[amount] > maximum(state, amount) + beyond(amount)).map((amount) => `13: more ${amount} overspent than calls in flight explain`);
}

/** 13 and 14: no call without money or time. */
export function moneyAndTime(run: SimulatedRun): string[] {
  const found = met(run.log, 'call-start').flatMap(({ fact, before }) => callProblems(fact, before));
  for (const { before } of met(run.log, 'budget-reach')) {
    if (before.marks.includes('budget')) found.push('13: the budget was reached twice');
    if (before.phase === 'evaluating' && before.attempt > before.settings.maxRestarts) found.push('13: the budget was reached where no call was due');
  }
  return [...found, ...overspent(run)];
}
