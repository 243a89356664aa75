import { isDeepStrictEqual } from 'node:util';
import { apply } from '../../src/orchestrator/coordination/apply.js';
import { EMPTY, agentList, candidates, coordinationDeadline, sameSeen, type RunState } from '../../src/orchestrator/coordination/state.js';
import type { Fact, Seen, StampedFact } from '../../src/orchestrator/protocol.js';
import { simulate, type SimulatedRun } from './simulation.js';

type FactOf<Type extends Fact['type']> = Extract<StampedFact, { type: Type }>;

const of = <Type extends Fact['type']>(log: readonly StampedFact[], type: Type): readonly FactOf<Type>[] => log.filter((fact): fact is FactOf<Type> => fact.type === type);

/** The state before each fact and after the last. */
function states(log: readonly StampedFact[]): readonly RunState[] {
  const all: RunState[] = [EMPTY];
  for (const fact of log) all.push(apply(all.at(-1) ?? EMPTY, fact));
  return all;
}

function endsOnce({ log, state, problems }: SimulatedRun): string[] {
  const ends = of(log, 'run-end');
  const found = [...problems];
  if (state.phase !== 'ended') found.push(`2: stopped in phase ${state.phase}`);
  if (ends.length !== 1 || log.at(-1)?.type !== 'run-end') found.push('1: run-end is not the one last fact');
  return found;
}

function turnsPair({ log }: SimulatedRun): string[] {
  const open = new Map<string, number>();
  const found: string[] = [];
  for (const fact of log) {
    if (fact.type === 'turn-start') {
      if (open.has(fact.agent)) found.push(`3: ${fact.agent} has two turns at once`);
      open.set(fact.agent, fact.turn);
    } else if (fact.type === 'turn-end') {
      if (open.get(fact.agent) !== fact.turn) found.push(`3: an end without its start for ${fact.agent}`);
      open.delete(fact.agent);
    }
  }
  if (open.size > 0) found.push('3: a turn was left open');
  return found;
}

/** The bound of the design, per attempt. */
function bounded({ log, world }: SimulatedRun): string[] {
  const found: string[] = [];
  const n = world.agents.length;
  const starts = log.flatMap((fact, index) => (fact.type === 'attempt-start' || fact.type === 'run-start' ? [index] : []));
  for (const [position, from] of starts.entries()) {
    const part = log.slice(from, starts[position + 1] ?? log.length);
    const turns = of(part, 'turn-start').filter(({ kind }) => kind !== 'evaluate');
    const gate = part.findIndex((fact) => fact.type === 'turn-start' && fact.kind === 'vote');
    const later = gate < 0 ? 0 : of(part.slice(gate), 'answer-accept').length;
    const present = turns.filter(({ kind }) => kind === 'present').length;
    if (turns.length > n + n * (1 + later) + present) found.push(`4: ${String(turns.length)} turns exceed the bound`);
    const calls = of(part, 'call-start').filter(({ attempt, tools }) => attempt === 1 && tools === 'workflow').length;
    if (calls > 3 * n + 3 * n * (1 + later)) found.push(`4: ${String(calls)} calls exceed the bound`);
  }
  const plain = world.manner === 'agree' && world.deadAgents.length === 0 && world.cancelAt === null && n > 1;
  const { settings } = world;
  const usual = !settings.skipVoting && !settings.skipCoordination && settings.patience && settings.maxRestarts === 0 && settings.limits.totalMs === 1_800_000 && settings.limits.firstTurnMs === null && settings.limits.laterTurnMs === null && settings.budget.maxTokens === null;
  if (plain && usual) {
    const calls = of(log, 'call-start').length;
    const presented = of(log, 'turn-start').filter(({ kind }) => kind === 'present').length;
    if (calls !== 2 * n + presented) found.push(`4: ${String(calls)} calls where agreement needs ${String(2 * n)} and a presentation`);
  }
  return found;
}

function ballots({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const seenOf = new Map<string, Seen>();
  const key = ({ agent, turn }: { agent: string; turn: number }): string => `${agent}/${String(turn)}`;
  for (const fact of log) {
    if (fact.type === 'call-start') seenOf.set(key(fact), fact.seen);
    if (fact.type !== 'vote-cast') continue;
    const seen = seenOf.get(key(fact));
    if (fact.rev < 1) found.push('5: a vote for no revision');
    if (seen === undefined || !sameSeen(seen, fact.seen)) found.push('5: a vote not bound to what its call had seen');
    if (fact.via === 'tool' && seen?.[fact.target] !== fact.rev) found.push('5: a vote for a revision that was not seen');
  }
  return found;
}

function winner({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const all = states(log);
  for (const [index, fact] of log.entries()) {
    if (fact.type === 'answer-final' && fact.text.trim() === '') found.push('6: an empty final answer');
    if (fact.type !== 'winner-select' || fact.rev === 0) continue;
    const before = all[index] ?? EMPTY;
    const live = agentList(before).filter(({ failed }) => failed === null);
    const cast = live.flatMap(({ ballot }) => (ballot?.target == null ? [] : [ballot]));
    if (!candidates(before).some(({ info }) => info.id === fact.agent)) found.push('12: the winner is no candidate');
    const votes = (id: string): number => fact.tally.find(({ agent }) => agent === id)?.votes ?? 0;
    const most = Math.max(0, ...fact.tally.map((each) => each.votes));
    const first = candidates(before).find(({ info }) => votes(info.id) === most);
    if (first?.info.id !== fact.agent) found.push('6: the winner is not the first of those with most votes');
    if (fact.tally.reduce((sum, each) => sum + each.votes, 0) > cast.length) found.push('12: more votes than live voters');
    if (before.stop === null) {
      if (fact.basis === 'standing') found.push('7: standing votes counted without an early stop');
      const expected = cast.filter(({ seen }) => sameSeen(seen, before.heads)).length;
      if (fact.tally.reduce((sum, each) => sum + each.votes, 0) !== expected) found.push('6: counted ballots are not the current ones');
    }
    if (fact.unanimous && (fact.basis !== 'current' || most !== live.length)) found.push('7: unanimous without all live agents');
    if (fact.finish === 'reuse' && before.settings.strategy === 'auto' && before.stop === null && !before.runTimeUp && before.order.length > 1 && !before.settings.skipPresentation) {
      if (!fact.unanimous && before.agents[fact.agent]?.failed === null) found.push('15: reuse under auto without unanimity');
    }
  }
  return found;
}

function patience({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const all = states(log);
  for (const [index, fact] of log.entries()) {
    if (fact.type !== 'turn-start' || fact.kind !== 'vote') continue;
    const before = all[index] ?? EMPTY;
    const waits = before.settings.patience && !before.patienceOver;
    const drafting = agentList(before).some(({ failed, firstTurn, turn }) => failed === null && firstTurn !== 'over' && turn?.retryAt == null);
    if (waits && drafting) found.push('8: a vote turn began while a live agent was in its first turn');
  }
  for (const [index, fact] of log.entries()) {
    if (fact.type !== 'turn-end' || fact.outcome !== 'aborted') continue;
    const before = all[index] ?? EMPTY;
    const turn = before.agents[fact.agent]?.turn;
    if (turn?.kind === 'answer' && before.stop === null && !turn.timedOut) found.push('9: a first turn was aborted by neither time nor cancel');
  }
  return found;
}

function revisions({ log, world }: SimulatedRun): string[] {
  const found: string[] = [];
  const all = states(log);
  const newest = new Map<string, number>();
  const seenBefore = new Map<string, Seen>();
  for (const [index, fact] of log.entries()) {
    if (fact.type === 'attempt-start') seenBefore.clear();
    if (fact.type === 'call-start') {
      const earlier = seenBefore.get(fact.agent);
      if (earlier !== undefined && Object.keys(earlier).some((id) => (fact.seen[id] ?? 0) < (earlier[id] ?? 0))) found.push('10: seen went backwards');
      seenBefore.set(fact.agent, fact.seen);
    }
    if (fact.type !== 'answer-accept') continue;
    if (fact.rev !== (newest.get(fact.agent) ?? 0) + 1) found.push('10: revisions are not consecutive');
    newest.set(fact.agent, fact.rev);
    const before = all[index] ?? EMPTY;
    const own = before.agents[fact.agent]?.revisions.filter(({ attempt }) => attempt === before.attempt).length ?? 0;
    if (own >= (world.settings.maxAnswersPerAgent ?? 5)) found.push('10: an answer over the limit');
  }
  return found;
}

function moneyAndTime({ log, world }: SimulatedRun): string[] {
  const found: string[] = [];
  const all = states(log);
  const deadline = coordinationDeadline(world.settings);
  for (const [index, fact] of log.entries()) {
    if (fact.type !== 'call-start') continue;
    const before = all[index] ?? EMPTY;
    const reserved = agentList(before).reduce((sum, { turn }) => sum + (turn?.running?.reserved.tokens ?? 0), fact.reserved.tokens);
    const { maxTokens } = world.settings.budget;
    if (maxTokens !== null && before.spent.tokens + reserved > maxTokens) found.push('13: a call past the budget');
    if (before.stop === 'budget') found.push('13: a call after the budget was reached');
    if (before.stop === 'cancel') found.push('14: a call after the cancel');
    if (before.phase === 'coordinating' && fact.t >= deadline) found.push('14: a coordination call after the deadline');
    if (fact.t >= world.settings.limits.totalMs) found.push('14: a call after the time limit');
  }
  return found;
}

function folds({ log, state }: SimulatedRun): string[] {
  const found: string[] = [];
  const again = (JSON.parse(JSON.stringify(log)) as readonly StampedFact[]).reduce<RunState>((folded, fact) => apply(folded, fact), EMPTY);
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(state)))) found.push('16: folding the log gives another state');
  return found;
}

/** Every invariant that one finished run must keep; empty when all hold. */
export function violations(run: SimulatedRun): readonly string[] {
  return [endsOnce, turnsPair, bounded, ballots, winner, patience, revisions, moneyAndTime, folds].flatMap((check) => check(run));
}

/** A cut log may lack a turn's end, and the calls that were in flight are made again. */
const RESUMED_MAY = ['3: ', '4: '];

/** 17: from any prefix of the log the run ends, keeps accepted answers and repeats no call that has ended. */
export function resumeViolations(run: SimulatedRun, length: number): readonly string[] {
  const prefix = run.log.slice(0, Math.max(1, length));
  const resumed = simulate(run.world, prefix);
  const found = violations(resumed).filter((each) => !RESUMED_MAY.some((allowed) => each.startsWith(allowed))).map((each) => `17: after a resume at ${String(length)}: ${each}`);
  const kept = of(prefix, 'answer-accept');
  for (const { agent, rev, text } of kept) if (resumed.state.agents[agent]?.revisions.find((each) => each.rev === rev)?.text !== text) found.push('17: an accepted answer was lost');
  const ended = new Set(of(prefix, 'call-end').map(({ agent, turn, call }) => `${agent}/${String(turn)}/${String(call)}`));
  const repeated = of(resumed.log.slice(prefix.length), 'call-start').some(({ agent, turn, call }) => ended.has(`${agent}/${String(turn)}/${String(call)}`));
  if (repeated) found.push('17: an ended call was repeated');
  return found;
}

/** 18: the same world under other real ids, order kept, gives the same log but for the ids. */
export function renameViolations(run: SimulatedRun): readonly string[] {
  const rename = (id: string): string => id.replace(/^a/u, 'zeta');
  const agents = run.world.agents.map((info) => ({ ...info, id: rename(info.id) }));
  const other = simulate({ ...run.world, agents, deadAgents: run.world.deadAgents.map(rename) });
  const flat = (log: readonly StampedFact[]): string => JSON.stringify(log);
  return flat(run.log).replaceAll(/"a(\d)"/gu, '"zeta$1"').replaceAll(/s-a(\d)/gu, 's-zeta$1').replaceAll(/\ba(\d): /gu, 'zeta$1: ') === flat(other.log) ? [] : ['18: other ids, another run'];
}
