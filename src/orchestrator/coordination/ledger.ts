import type { Fact } from '../protocol.js';
import { applyAt } from './apply.js';
import type { RunState } from './state.js';

/** A decision in the making: facts so far, and what is true after them. Lives only inside one `decide`. */
export interface Ledger {
  state: RunState;
  readonly facts: Fact[];
  /** Ms of active run time. */
  readonly t: number;
  /** Wall time, ISO 8601. */
  readonly at: string;
}

export const openLedger = (state: RunState, t: number, at: string): Ledger => ({ state, facts: [], t, at });

/** Adds a fact and moves on to what is true after it. */
export function put(ledger: Ledger, fact: Fact): void {
  ledger.facts.push(fact);
  ledger.state = applyAt(ledger.state, fact, ledger.t);
}
