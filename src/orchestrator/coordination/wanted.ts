import type { CallRef } from '../protocol.js';
import { fitsBudget, hasBudget } from './budget.js';
import { gateOpen, nextTurn } from './next-turn.js';
import { planCall } from './plan-call.js';
import { agentList, coordinationDeadline, patienceEnd, type AgentState, type RunState, type TurnState } from './state.js';

/** A call that should be running; `begins` when it has not been started yet. */
export interface WantedCall extends CallRef {
  readonly begins: boolean;
}

/** No call should run any more in this phase. */
export const isStopped = ({ runTimeUp, stop, broke, phase }: RunState): boolean => runTimeUp || broke || stop === 'cancel' || (stop === 'deadline' && phase === 'coordinating');

/** The time that is left after the deadline belongs to the presentation: nobody begins to check the answer then. */
export const tooLateToCheck = (state: RunState, t: number): boolean => state.phase === 'evaluating' && (state.asked || t >= coordinationDeadline(state.settings));

/** The agent's turn is to end: somebody stopped it, or wants the answer before it is checked. */
export const isCalledOff = ({ phase, asked }: RunState, { failed, turn }: AgentState): boolean => failed !== null || (asked && phase === 'evaluating' && turn?.kind === 'evaluate');

/** Calls that should be running at time `t` were there money without end. */
function desiredCalls(state: RunState, t: number): readonly WantedCall[] {
  if (isStopped(state)) return [];
  const late = tooLateToCheck(state, t);
  return agentList(state).flatMap((agent): WantedCall[] => {
    const { turn } = agent;
    const id = agent.info.id;
    if (late && turn?.running == null) return [];
    if (turn === null) return nextTurn(state, agent) === null ? [] : [{ agent: id, turn: agent.turns + 1, call: 1, begins: true }];
    if (turn.timedOut || isCalledOff(state, agent)) return [];
    if (turn.running !== null) return [{ agent: id, turn: turn.turn, call: turn.running.call, begins: false }];
    return (turn.retryAt ?? 0) > t ? [] : [{ agent: id, turn: turn.turn, call: turn.calls + 1, begins: true }];
  });
}

/** As long as a real time is, so that an estimate does not change with it. */
const SOME_TIME = '0000-00-00T00:00';

const affordable = (state: RunState, call: WantedCall): boolean => !call.begins || !hasBudget(state) || fitsBudget(state, planCall(state, call, SOME_TIME)?.reserved ?? { tokens: 0, costMicros: 0 });

/** Calls that should be running at time `t` (ms of active run time): what is missing is to be started, what is not listed to be aborted. */
export const wanted = (state: RunState, t: number): readonly WantedCall[] => desiredCalls(state, t).filter((call) => affordable(state, call));

/** Some call is wanted, none runs, and none can be paid for. */
export function isBroke(state: RunState, t: number): boolean {
  if (!hasBudget(state)) return false;
  const desired = desiredCalls(state, t);
  return desired.length > 0 && desired.every((call) => call.begins && !affordable(state, call));
}

/** When the turn's own time limit with its grace is over, ms of active run time; null without a limit. */
export function turnLimit(state: RunState, turn: TurnState): number | null {
  const { firstTurnMs, laterTurnMs, graceMs } = state.settings.limits;
  const limit = turn.kind === 'answer' || turn.kind === 'solo' ? firstTurnMs : turn.kind === 'vote' ? laterTurnMs : null;
  return limit === null ? null : turn.startedAt + limit + graceMs;
}

function phaseDue(state: RunState, t: number): readonly number[] {
  const { phase, stop, runTimeUp, settings } = state;
  const deadline = coordinationDeadline(settings);
  if (phase === 'coordinating' && stop === null) return gateOpen(state) ? [deadline] : [deadline, patienceEnd(state)];
  if ((phase !== 'presenting' && phase !== 'evaluating') || runTimeUp) return [];
  return phase === 'evaluating' && !tooLateToCheck(state, t) ? [settings.limits.totalMs, deadline] : [settings.limits.totalMs];
}

function turnDue(state: RunState, turn: TurnState | null, t: number): readonly number[] {
  if (turn === null || turn.timedOut) return [];
  const limit = turnLimit(state, turn);
  return [...(turn.retryAt !== null && turn.retryAt > t ? [turn.retryAt] : []), ...(limit === null ? [] : [limit])];
}

/** When the engine must look again though nothing has happened, after `t`: ms of active run time, null for never. */
export function nextDue(state: RunState, t: number): number | null {
  const due = [...phaseDue(state, t), ...agentList(state).flatMap(({ turn }) => turnDue(state, turn, t))];
  return due.length === 0 ? null : Math.min(...due);
}
