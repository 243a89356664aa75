import { agentList, coordinationDeadline, type RunState } from '../../../src/orchestrator/coordination/state.js';
import type { SimulatedRun } from '../simulation.js';
import { attempts, met, of, type Log } from './log.js';

/** 3: at most one turn in flight an agent, each start has one end, none after the end; numbers count without gaps. */
export function turnsPair({ log }: SimulatedRun): string[] {
  const open = new Map<string, number>();
  const last = new Map<string, number>();
  const found: string[] = [];
  for (const fact of log) {
    if (fact.type === 'turn-start') {
      if (open.has(fact.agent)) found.push(`3: ${fact.agent} has two turns at once`);
      if (fact.turn !== (last.get(fact.agent) ?? 0) + 1) found.push('3: turns are not counted without gaps');
      open.set(fact.agent, fact.turn);
      last.set(fact.agent, fact.turn);
    } else if (fact.type === 'turn-end') {
      if (open.get(fact.agent) !== fact.turn) found.push(`3: an end without its start for ${fact.agent}`);
      open.delete(fact.agent);
    }
  }
  if (open.size > 0) found.push('3: a turn was left open');
  return found;
}

/** 3: each call belongs to the open turn, has one end, and is numbered in its turn and in the run. */
export function callsPair({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const open = new Map<string, string>();
  const calls = new Map<string, number>();
  for (const { fact, before } of met(log, 'call-start')) {
    const turn = before.agents[fact.agent]?.turn;
    if (turn?.turn !== fact.turn || fact.call !== turn.calls + 1) found.push('3: a call outside its turn');
    if (fact.index !== (calls.get(fact.agent) ?? 0)) found.push('3: calls are not counted without gaps');
    calls.set(fact.agent, fact.index + 1);
  }
  for (const fact of log) {
    if (fact.type !== 'call-start' && fact.type !== 'call-end') continue;
    const key = `${fact.turn}/${fact.call}`;
    if (fact.type === 'call-start' ? open.has(fact.agent) : open.get(fact.agent) !== key) found.push('3: calls of one agent overlap');
    if (fact.type === 'call-start') open.set(fact.agent, key);
    else open.delete(fact.agent);
  }
  if (open.size > 0) found.push('3: a call was left open');
  return found;
}

/** n(2 + A − n) + 1 calls, where every turn took one call and all first answers came before the vote. */
function tightBound(part: Log, n: number): string[] {
  const turns = of(part, 'turn-start').filter(({ kind }) => kind !== 'evaluate');
  const calls = of(part, 'call-start').filter(({ tools }) => tools !== 'evaluation');
  const gate = part.findIndex((fact) => fact.type === 'turn-start' && fact.kind === 'vote');
  const firsts = of(part.slice(0, gate), 'answer-accept').length;
  if (gate < 0 || firsts < n || of(part, 'message-add').length > 0 || calls.length !== turns.length) return [];
  const bound = n * (2 + of(part, 'answer-accept').length - n) + 1;
  return calls.length > bound ? [`4: ${calls.length} calls where ${bound} is the bound`] : [];
}

function isUsual({ world: { settings, ...world } }: SimulatedRun): boolean {
  const peaceful = world.manner === 'agree' && [...world.deadAgents, ...world.slowAgents].length === 0 && world.cancelAt === null && world.orders.length === 0 && world.agents.length > 1;
  const equipped = world.agents.every(({ id, ownTools }) => ownTools !== true || world.offers.some(({ agent, at }) => agent === id && at === 0));
  const unlimited = settings.limits.totalMs === 1_800_000 && settings.limits.firstTurnMs === null && settings.limits.laterTurnMs === null && settings.budget.maxTokens === null && settings.budget.maxCostMicros === null;
  return peaceful && equipped && unlimited && !settings.skipVoting && !settings.skipCoordination && settings.patience && settings.maxRestarts === 0;
}

/** 4: the bound of the design, per attempt. */
export function bounded(run: SimulatedRun): string[] {
  const found: string[] = [];
  const n = run.world.agents.length;
  for (const part of attempts(run.log)) {
    const turns = of(part, 'turn-start').filter(({ kind }) => kind !== 'evaluate');
    const gate = part.findIndex((fact) => fact.type === 'turn-start' && fact.kind === 'vote');
    // A message makes everybody look again, as an answer does.
    const later = (gate < 0 ? 0 : of(part.slice(gate), 'answer-accept').length) + of(part, 'message-add').length;
    const present = turns.filter(({ kind }) => kind === 'present').length;
    if (turns.length > n + n * (1 + later) + present) found.push(`4: ${turns.length} turns exceed the bound`);
    // Replies that called the agent's own tools are bounded turn by turn: 25.
    const loops = new Set(of(part, 'tool-end').map(({ agent, turn, call }) => `${agent}/${turn}/${call}`)).size;
    const calls = of(part, 'call-start').filter(({ attempt, tools }) => attempt === 1 && tools === 'workflow').length - loops;
    if (calls > 3 * n + 3 * n * (1 + later)) found.push(`4: ${calls} calls exceed the bound`);
    found.push(...tightBound(part, n));
  }
  if (isUsual(run)) {
    const calls = of(run.log, 'call-start').length;
    const presented = of(run.log, 'turn-start').filter(({ kind }) => kind === 'present').length;
    if (calls !== 2 * n + presented) found.push(`4: ${calls} calls where agreement needs ${2 * n} and a presentation`);
  }
  return found;
}

const halfTime = ({ attemptAt, settings }: RunState): number => attemptAt + (coordinationDeadline(settings) - attemptAt) / 2;

/** 8 and 9: who holds the vote back, and what may end a first turn. */
export function patience({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  for (const { fact, before } of met(log, 'turn-start')) {
    if (fact.kind !== 'vote' || !before.settings.patience || before.patienceOver) continue;
    const awaited = agentList(before).some(({ failed, firstTurn, turn }) => failed === null && firstTurn !== 'over' && (turn?.retryAt ?? 0) <= halfTime(before));
    if (awaited) found.push('8: a vote turn began while a live agent was in its first turn');
  }
  for (const { fact, before } of met(log, 'time-up')) {
    if (fact.which === 'patience' && fact.t < halfTime(before)) found.push('8: patience ended early');
  }
  for (const { fact, before } of met(log, 'turn-end')) {
    const turn = before.agents[fact.agent]?.turn;
    if (fact.outcome !== 'aborted' || turn?.kind !== 'answer' || turn.timedOut) continue;
    if (before.stop === null && before.agents[fact.agent]?.failed === null) found.push('9: a first turn was aborted by neither time nor cancel nor order');
    if (before.stop === 'budget' && turn.running !== null) found.push('9: a first turn was aborted by the budget');
  }
  return found;
}

/** 22: a conversation is shortened once for an agent, after a call that was refused as too long, and really. */
export function compactions({ log }: SimulatedRun): string[] {
  const found: string[] = [];
  const shortened = new Set<string>();
  log.forEach((fact, place) => {
    if (fact.type !== 'conversation-compact') return;
    const before = log.slice(0, place).findLast((each) => each.type === 'call-end');
    if (before?.agent !== fact.agent || before.call !== fact.call || before.error?.code !== 'context-overflow') found.push('22: shortened without need');
    if (shortened.has(fact.agent)) found.push('22: shortened twice');
    if (fact.to >= fact.from) found.push('22: nothing was shortened');
    shortened.add(fact.agent);
  });
  return found;
}
