import type { ErrorData } from '../../errors.js';
import type { AgentId, CallRef, Fact } from '../protocol.js';
import { isComplete } from './ballots.js';
import { conclude, deliver, endRun, endStopped, selectWithoutCoordination } from './conclude.js';
import { openLedger, put, type Ledger } from './ledger.js';
import { gateOpen, nextTurn } from './next-turn.js';
import { onCallEnd, salvage, type CallEndInput } from './on-call-end.js';
import { closeTools, onTool, settleReplies, type ToolInput } from './on-tools.js';
import { hasOpenTools, runsTools } from './own-tools.js';
import { planCall } from './plan-call.js';
import { agentList, agentOf, candidates, coordinationDeadline, patienceEnd, type AgentState, type RunState, type TurnState } from './state.js';
import { isBroke, isCalledOff, isStopped, tooLateToCheck, turnLimit } from './wanted.js';

type RunStart = Omit<Extract<Fact, { type: 'run-start' }>, 'type' | 'schema'>;

/** What somebody who watches a run asks of it. */
export type Order =
  | { readonly type: 'say'; readonly by: string; readonly text: string }
  | { readonly type: 'answer-now'; readonly by: string }
  | { readonly type: 'stop-agent'; readonly by: string; readonly agent: AgentId };

/** What the world did. `call-begin` says that the engine is about to make a wanted call; `close` that everything is released, with what backends complain of. */
export type Input =
  | { readonly type: 'start'; readonly run: RunStart }
  | { readonly type: 'tick' }
  | ({ readonly type: 'call-begin' } & CallRef)
  | ({ readonly type: 'call-end' } & CallEndInput)
  | { readonly type: 'cancel'; readonly by: string; readonly error?: ErrorData }
  | ToolInput
  | Order
  | { readonly type: 'close'; readonly complaints: readonly ErrorData[] };

/** `t` in ms of active run time, `at` wall time (ISO 8601). */
export type TimedInput = Input & { readonly t: number; readonly at: string };

function beginCall(ledger: Ledger, ref: CallRef): void {
  const plan = planCall(ledger.state, ref, ledger.at);
  if (plan === undefined) return;
  const { agent, turn, call, opens, attempt, seen, mayAnswer, messages, tools, own, choice, reserved } = plan;
  const { calls } = agentOf(ledger.state, agent);
  if (opens !== null) put(ledger, { type: 'turn-start', agent, turn, kind: opens.kind, seen, mayAnswer, fresh: opens.fresh });
  const key = `${ledger.state.session}-${agent}-${String(turn)}-${String(call - attempt + 1)}`;
  put(ledger, { type: 'call-start', agent, turn, call, attempt, index: calls, seen, mayAnswer, messages, tools, ...(own ? { own } : {}), choice, reserved, key });
}

function closeRun(ledger: Ledger, complaints: readonly ErrorData[]): void {
  if (ledger.state.phase !== 'closing') return;
  const [complaint] = complaints;
  if (ledger.state.stop === 'cancel') endStopped(ledger, 'interrupted; this is the best answer so far');
  else if (complaint !== undefined && ledger.state.stop === null) endRun(ledger, 'failed', complaint);
  else endRun(ledger, 'completed');
}

/** An order that comes too late, or a second time, changes nothing. */
function onOrder(ledger: Ledger, order: Order): void {
  const { state } = ledger;
  if (state.phase === 'closing' || state.stop === 'cancel') return;
  switch (order.type) {
    case 'say':
      if (order.text.trim() !== '') put(ledger, { type: 'message-add', by: order.by, text: order.text });
      return;
    case 'answer-now':
      if (!state.asked) put(ledger, { type: 'answer-request', by: order.by });
      return;
    case 'stop-agent':
      if (state.agents[order.agent]?.failed === null) put(ledger, { type: 'agent-fail', agent: order.agent, error: { code: 'agent-stopped', message: `stopped by ${order.by}` } });
  }
}

function react(ledger: Ledger, input: TimedInput): void {
  switch (input.type) {
    case 'start':
      put(ledger, { type: 'run-start', schema: 1, ...input.run });
      if (input.run.settings.skipCoordination && input.run.agents.length > 1) selectWithoutCoordination(ledger);
      return;
    case 'call-begin':
      beginCall(ledger, input);
      return;
    case 'call-end':
      onCallEnd(ledger, input);
      return;
    case 'cancel':
      if (ledger.state.stop !== 'cancel' && ledger.state.phase !== 'idle' && ledger.state.phase !== 'closing') put(ledger, { type: 'cancel-request', by: input.by, ...(input.error === undefined ? {} : { error: input.error }) });
      return;
    case 'tools':
    case 'tool-begin':
    case 'tool-end':
      onTool(ledger, input);
      return;
    case 'say':
    case 'answer-now':
    case 'stop-agent':
      onOrder(ledger, input);
      return;
    case 'close':
      closeRun(ledger, input.complaints);
      return;
    case 'tick':
      return;
  }
}

function ringPhaseTimers(ledger: Ledger): void {
  const { state, t } = ledger;
  const { phase, stop, settings, runTimeUp, asked } = state;
  if (phase === 'coordinating' && stop === null) {
    if (t >= coordinationDeadline(settings)) put(ledger, { type: 'time-up', which: 'coordination' });
    else if (asked && candidates(state).length > 0) put(ledger, { type: 'time-up', which: 'request' });
    else if (!gateOpen(state) && t >= patienceEnd(state)) put(ledger, { type: 'time-up', which: 'patience' });
  }
  if ((phase === 'presenting' || phase === 'evaluating') && !runTimeUp && t >= settings.limits.totalMs) put(ledger, { type: 'time-up', which: 'run' });
}

function ringTurnTimers(ledger: Ledger): void {
  const { state, t } = ledger;
  for (const { info, turn } of agentList(state)) {
    if (turn === null || turn.timedOut) continue;
    if (t >= (turnLimit(state, turn) ?? Infinity)) put(ledger, { type: 'time-up', which: 'turn', agent: info.id, turn: turn.turn });
  }
}

/** Ends a turn as nobody goes on with it. */
function breakOff(ledger: Ledger, { info, failed }: AgentState, { turn, kind, seen, said, calls }: TurnState, stopped: boolean): void {
  const ref = { agent: info.id, turn };
  if (kind === 'vote' && !stopped && failed === null) put(ledger, { type: 'vote-abstain', ...ref, seen, why: 'its turn ran out of time' });
  if (said !== '') put(ledger, { type: 'draft-discard', ...ref, call: calls });
  if (kind === 'evaluate') put(ledger, { type: 'evaluation-end', agent: info.id, verdict: 'submit', reason: failed === null ? 'not checked: no time left' : `not checked: ${failed.message}`, instructions: '' });
  put(ledger, { type: 'turn-end', ...ref, outcome: 'aborted' });
}

/** Ends turns that will not go on: their call has ended, and time or the run is over for them. */
function endIdleTurns(ledger: Ledger): void {
  const stopped = isStopped(ledger.state) || tooLateToCheck(ledger.state, ledger.t);
  for (const agent of agentList(ledger.state)) {
    const { info, turn } = agent;
    if (turn?.running !== null || runsTools(turn) || !(stopped || turn.timedOut || isCalledOff(ledger.state, agent))) continue;
    if (hasOpenTools(turn)) {
      closeTools(ledger, info.id, 'aborted', 'Not run: the turn was over before.');
      continue;
    }
    // Broken off before it could be asked again: what it said is its answer.
    if (turn.rejectMessage === null || !salvage(ledger, agent)) breakOff(ledger, agent, turn, stopped);
  }
}

/** An evaluation is due while restarts, time and money are left and somebody is there to do it. */
function evaluationDue({ state, t }: Ledger): boolean {
  if (state.stop !== null || state.asked || t >= coordinationDeadline(state.settings)) return false;
  return agentList(state).some((agent) => nextTurn(state, agent) !== null);
}

function afterSelection(ledger: Ledger): void {
  const { evaluated, presented, stop, asked, attempt, settings } = ledger.state;
  const timeLeft = stop === null && !asked && ledger.t < coordinationDeadline(settings);
  if (evaluated?.verdict === 'restart' && timeLeft) {
    if (presented !== null) put(ledger, { type: 'draft-discard', agent: presented.agent, turn: presented.turn, call: presented.call });
    put(ledger, { type: 'attempt-start', attempt: attempt + 1, reason: evaluated.reason, instructions: evaluated.instructions });
  } else if (!evaluationDue(ledger)) deliver(ledger);
}

/** Everything that follows by itself from the present state, until nothing does. */
function progress(ledger: Ledger): void {
  for (let before = -1; before !== ledger.facts.length; ) {
    before = ledger.facts.length;
    if (isBroke(ledger.state, ledger.t)) put(ledger, { type: 'budget-reach', tokens: ledger.state.spent.tokens, costMicros: ledger.state.spent.costMicros });
    settleReplies(ledger);
    ringPhaseTimers(ledger);
    endIdleTurns(ledger);
    const { state } = ledger;
    const busy = agentList(state).some(({ turn }) => turn !== null);
    if (busy) continue;
    if (state.phase === 'coordinating' && (isStopped(state) || isComplete(state))) conclude(ledger);
    else if (state.phase === 'presenting' && isStopped(state)) deliver(ledger);
    else if (state.phase === 'evaluating') afterSelection(ledger);
  }
}

/** What an input means: facts in order, and the state after them, which is their fold over the state before. */
export interface Decision {
  readonly facts: readonly Fact[];
  readonly state: RunState;
}

/** Decides what an input means in this state. Pure; the same arguments give the same decision. */
export function decide(state: RunState, input: TimedInput): Decision {
  if (state.phase === 'ended' || (state.phase === 'idle') !== (input.type === 'start')) return { facts: [], state };
  const ledger = openLedger(state, input.t, input.at);
  react(ledger, input);
  ringTurnTimers(ledger);
  progress(ledger);
  return { facts: ledger.facts, state: ledger.state };
}
