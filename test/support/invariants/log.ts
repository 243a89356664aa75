import { apply } from '../../../src/orchestrator/coordination/apply.js';
import { EMPTY, type RunState } from '../../../src/orchestrator/coordination/state.js';
import type { Fact, StampedFact } from '../../../src/orchestrator/protocol.js';

export type FactOf<Type extends Fact['type']> = Extract<StampedFact, { type: Type }>;
export type Log = readonly StampedFact[];

export const of = <Type extends Fact['type']>(log: Log, type: Type): readonly FactOf<Type>[] => log.filter((fact): fact is FactOf<Type> => fact.type === type);

const known = new WeakMap<Log, readonly RunState[]>();

function statesOf(log: Log): readonly RunState[] {
  const all = [EMPTY];
  for (const fact of log) all.push(apply(all.at(-1) ?? EMPTY, fact));
  return all;
}

/** The state before each fact and after the last. */
function states(log: Log): readonly RunState[] {
  const all = known.get(log) ?? statesOf(log);
  known.set(log, all);
  return all;
}

/** Each fact of a kind with the state that it met. */
export function met<Type extends Fact['type']>(log: Log, type: Type): readonly { readonly fact: FactOf<Type>; readonly before: RunState; readonly index: number }[] {
  const all = states(log);
  return log.flatMap((fact, index) => (fact.type === type ? [{ fact: fact as FactOf<Type>, before: all[index] ?? EMPTY, index }] : []));
}

/** The log, cut where an attempt begins. */
export function attempts(log: Log): readonly Log[] {
  const starts = log.flatMap((fact, index) => (fact.type === 'attempt-start' ? [index] : []));
  return [0, ...starts].map((from, position) => log.slice(from, starts[position] ?? log.length));
}
