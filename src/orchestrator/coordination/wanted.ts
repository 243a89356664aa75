import type { ToolCall } from '../../backends/contract.js';
import type { CallRef } from '../protocol.js';
import { fitsBudget, hasBudget } from './budget.js';
import { gateOpen, nextTurn } from './next-turn.js';
import { hasOpenTools } from './own-tools.js';
import { planCall } from './plan-call.js';
import { agentList, coordinationDeadline, patienceEnd, type AgentState, type RunState, type TurnState } from './state.js';

/** How many tools of one agent run at once, where nothing else is said. */
const PARALLEL_TOOLS = 10;

/** A call that should be running; `begins` when it has not been started yet. */
export interface WantedCall extends CallRef {
  readonly begins: boolean;
}

/** No call should run any more in this phase. */
export const isStopped = ({ runTimeUp, stop, broke, phase }: RunState): boolean => runTimeUp || broke || stop === 'cancel' || (stop === 'deadline' && phase === 'coordinating');

/** The time that is left after the deadline belongs to the presentation: nobody begins to check the answer then. */
export const tooLateToCheck = (state: RunState, t: number): boolean => state.phase === 'evaluating' && (state.asked || t >= coordinationDeadline(state.settings));

/** When calls of the present phase are to be over, ms of active run time. */
export const callsUntil = ({ phase, settings }: RunState): number => (phase === 'coordinating' ? coordinationDeadline(settings) : settings.limits.totalMs);

/** How many ms a call that begins at `t` may be held back before it is sent: as long as the longest back-off lasts at least, and not beyond the time there is. */
export const longestWait = (state: RunState, t: number): number => Math.max(0, Math.min(state.settings.retry.maxMs / 2, callsUntil(state) - t));

/** The agent's turn is to end: somebody stopped it, or wants the answer before it is checked. */
export const isCalledOff = ({ phase, asked }: RunState, { failed, turn }: AgentState): boolean => failed !== null || (asked && phase === 'evaluating' && turn?.kind === 'evaluate');

/** It is not known yet what tools of its own it has. */
const isUntold = ({ info, offers }: AgentState): boolean => info.ownTools === true && offers.length === 0;

/** A call of an agent's own tool that should be running; `begins` when it has not been started yet. */
export interface WantedTool extends ToolCall, CallRef {
  readonly begins: boolean;
}

const NO_TOOLS: readonly WantedTool[] = [];

/** Tools that should be running: those of a turn's last reply in their order, as many as may run at once. */
export function wantedTools(state: RunState): readonly WantedTool[] {
  if (isStopped(state)) return NO_TOOLS;
  return agentList(state).flatMap((agent): readonly WantedTool[] => {
    const { turn, info } = agent;
    if (turn?.reply == null || turn.timedOut || isCalledOff(state, agent) || turn.toolRounds > state.settings.toolRounds) return NO_TOOLS;
    const { call, open } = turn.reply;
    const apart = open.filter(({ id }, place) => open.findIndex((other) => other.id === id) === place);
    return apart.slice(0, info.parallelTools ?? PARALLEL_TOOLS).map(({ id, name, argumentsText, started }) => ({ agent: info.id, turn: turn.turn, call, id, name, argumentsText, begins: !started }));
  });
}

/** Calls that should be running at time `t` were there money without end. */
function desiredCalls(state: RunState, t: number): readonly WantedCall[] {
  if (isStopped(state)) return [];
  const late = tooLateToCheck(state, t);
  return agentList(state).flatMap((agent): WantedCall[] => {
    const { turn } = agent;
    const id = agent.info.id;
    if (late && turn?.running == null) return [];
    if (turn === null) return isUntold(agent) || nextTurn(state, agent) === null ? [] : [{ agent: id, turn: agent.turns + 1, call: 1, begins: true }];
    if (turn.timedOut || isCalledOff(state, agent)) return [];
    if (turn.running !== null) return [{ agent: id, turn: turn.turn, call: turn.running.call, begins: false }];
    return hasOpenTools(turn) || (turn.retryAt ?? 0) > t ? [] : [{ agent: id, turn: turn.turn, call: turn.calls + 1, begins: true }];
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
  if (wantedTools(state).length > 0) return false;
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
