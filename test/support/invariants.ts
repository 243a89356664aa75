import { isDeepStrictEqual } from 'node:util';
import { apply } from '../../src/orchestrator/coordination/apply.js';
import { EMPTY, type RunState } from '../../src/orchestrator/coordination/state.js';
import type { StampedFact } from '../../src/orchestrator/protocol.js';
import { ballots, delivery, winner } from './invariants/ballots.js';
import { moneyAndTime, revisions } from './invariants/limits.js';
import { of } from './invariants/log.js';
import { orders } from './invariants/orders.js';
import { ownTools } from './invariants/tools.js';
import { bounded, callsPair, compactions, patience, turnsPair } from './invariants/turns.js';
import { simulate, type SimulatedRun } from './simulation.js';

function endsOnce({ log, state, problems }: SimulatedRun): string[] {
  const ends = of(log, 'run-end');
  const found = [...problems];
  if (state.phase !== 'ended') found.push(`2: stopped in phase ${state.phase}`);
  if (ends.length !== 1 || log.at(-1)?.type !== 'run-end') found.push('1: run-end is not the one last fact');
  const [end] = ends;
  if (end?.status === 'completed' && of(log, 'answer-final').length !== 1) found.push('1: completed without one final answer');
  if (end !== undefined && end.status !== 'completed' && end.error === undefined) found.push('1: no reason is given for a run that did not complete');
  return found;
}

/** The state that the rules held, fact by fact, is the fold of the log: as it is and after a journey through JSON. */
function folds({ log, state }: SimulatedRun): string[] {
  const folded = log.reduce<RunState>((so, fact) => apply(so, fact), EMPTY);
  const travelled = (JSON.parse(JSON.stringify(log)) as readonly StampedFact[]).reduce<RunState>((so, fact) => apply(so, fact), EMPTY);
  const plain = (value: RunState): unknown => JSON.parse(JSON.stringify(value));
  const found: string[] = [];
  if (!isDeepStrictEqual(plain(folded), plain(state))) found.push('16: folding the log gives another state');
  if (!isDeepStrictEqual(plain(travelled), plain(state))) found.push('16: folding the log gives another state after JSON');
  return found;
}

/** Every invariant that one finished run must keep; empty when all hold. */
export function violations(run: SimulatedRun): readonly string[] {
  return [endsOnce, turnsPair, callsPair, bounded, ballots, winner, delivery, patience, revisions, moneyAndTime, orders, ownTools, compactions, folds].flatMap((check) => check(run));
}

/** A cut log may lack a turn's end or the verdict on a reply, with which a message would have come, and the calls that were in flight are made again. */
const RESUMED_MAY = ['3: ', '4: ', '20: ', '21: ', '25: '];

/** 17: from any prefix of the log the run ends, keeps accepted answers and repeats no call that has ended. */
export function resumeViolations(run: SimulatedRun, length: number): readonly string[] {
  const prefix = run.log.slice(0, Math.max(1, length));
  const resumed = simulate(run.world, prefix);
  const found = violations(resumed)
    .filter((each) => !RESUMED_MAY.some((allowed) => each.startsWith(allowed)))
    .map((each) => `17: after a resume at ${length}: ${each}`);
  for (const { agent, rev, text } of of(prefix, 'answer-accept')) {
    if (resumed.state.agents[agent]?.revisions.find((each) => each.rev === rev)?.text !== text) found.push('17: an accepted answer was lost');
  }
  const ended = new Set(of(prefix, 'call-end').map(({ agent, turn, call }) => `${agent}/${turn}/${call}`));
  const repeated = of(resumed.log.slice(prefix.length), 'call-start').some(({ agent, turn, call }) => ended.has(`${agent}/${turn}/${call}`));
  if (repeated) found.push('17: an ended call was repeated');
  if (resumed.log.slice(0, prefix.length).some((fact, index) => fact !== prefix[index])) found.push('17: the past was changed');
  return found;
}

/** 18: the same world under other real ids, order kept, gives the same log but for the ids. */
export function renameViolations(run: SimulatedRun): readonly string[] {
  const rename = (id: string): string => id.replace(/^a/u, 'zeta');
  const { world } = run;
  const agents = world.agents.map((info) => ({ ...info, id: rename(info.id) }));
  const orders = world.orders.map(({ at, order }) => ({ at, order: order.type === 'stop-agent' ? { ...order, agent: rename(order.agent) } : order }));
  const other = simulate({ ...world, agents, deadAgents: world.deadAgents.map(rename), hungAgents: world.hungAgents.map(rename), slowAgents: world.slowAgents.map(rename), orders, offers: world.offers.map((offer) => ({ ...offer, agent: rename(offer.agent) })) });
  const renamed = JSON.stringify(run.log)
    .replaceAll(/"a(\d)"/gu, '"zeta$1"')
    .replaceAll(/s-a(\d)/gu, 's-zeta$1')
    .replaceAll(/\ba(\d): /gu, 'zeta$1: ');
  return renamed === JSON.stringify(other.log) ? [] : ['18: other ids, another run'];
}
