import type { AgentId, Fact } from '../protocol.js';
import { stateWith } from './change.js';
import { EMPTY, type AgentState, type RunState } from './state.js';

/** The state that a run begins with, at `t` ms of active run time. */
export function begin(fact: Extract<Fact, { type: 'run-start' }>, t: number): RunState {
  const zero: Record<AgentId, number> = Object.fromEntries(fact.agents.map(({ id }) => [id, 0]));
  const agents = fact.agents.map((info): [AgentId, AgentState] => [
    info.id,
    { info, revisions: [], ballot: null, abstentions: 0, turns: 0, calls: 0, turn: null, firstTurn: 'pending', failed: null, conversation: [], seen: null, heard: 0, room: null, draft: '', offers: [], told: 0, trouble: null, timedOut: false },
  ]);
  return stateWith(EMPTY, {
    phase: 'coordinating',
    session: fact.session,
    task: fact.task,
    history: fact.history,
    settings: fact.settings,
    request: fact.request ?? {},
    fence: fact.fence,
    order: fact.agents.map(({ id }) => id),
    agents: Object.fromEntries(agents),
    heads: zero,
    attemptAt: t,
  });
}
