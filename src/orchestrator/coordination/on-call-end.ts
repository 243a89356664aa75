import type { ToolCall } from '../../backends/contract.js';
import type { ErrorData } from '../../errors.js';
import { isRetryable } from '../../errors.js';
import type { CallRef, CallResult, RejectReason, TurnRef } from '../protocol.js';
import { foreignCalls, isDelivery, isWhole, whyUnfit } from './caller.js';
import { put, type Ledger } from './ledger.js';
import { joined } from './own-tools.js';
import { parseArguments, readReply } from './read-reply.js';
import { compaction, tooLong } from './render.js';
import { agentOf, answerLabel, newestRevision, type AgentState, type RunState, type TurnState } from './state.js';
import { waitText } from './wait-text.js';
import { callsUntil, isCalledOff, isStopped } from './wanted.js';

/** A third broken reply ends the turn. */
const MAX_REPLIES = 3;

export interface CallEndInput extends CallRef {
  readonly result: CallResult;
  readonly costMicros: number | null;
  /** A random number from 0 to 1, for the jitter of a retry. */
  readonly chance: number;
}

/** What of a result means something for the turn. */
type Reply = Pick<CallResult, 'end' | 'reason' | 'text' | 'toolCalls' | 'draft' | 'violation'>;

export interface Ended {
  readonly ref: CallRef;
  readonly turn: TurnState;
  readonly result: Reply;
  readonly chance: number;
}

const wasShown = ({ text, draft }: Reply): boolean => text !== '' || (draft ?? '') !== '';

/** Back-off doubles from `baseMs` with up to half of it as jitter; the vendor's own wish comes first. */
function retryTime(state: RunState, t: number, attempt: number, error: ErrorData, chance: number): number {
  const { baseMs, maxMs } = state.settings.retry;
  const backOff = Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * (0.5 + chance / 2);
  return Math.ceil(t + (error.retryAfterMs === undefined ? backOff : error.retryAfterMs + (chance * baseMs) / 2));
}

function onError(ledger: Ledger, { ref, turn, result, chance }: Ended, error: ErrorData): void {
  const { state, t } = ledger;
  const attempt = turn.running?.attempt ?? 1;
  const until = retryTime(state, t, attempt, error, chance);
  const last = callsUntil(state);
  const mayAskAgain = !(turn.kind === 'present' && wasShown(result)) && !isStopped(state);
  if (wasShown(result)) put(ledger, { type: 'draft-discard', ...ref });
  if (isRetryable(error) && attempt < state.settings.retry.attempts && until < last && mayAskAgain) {
    put(ledger, { type: 'retry-wait', ...ref, attempt, error, until });
    return;
  }
  if (error.code !== 'context-overflow') failCall(ledger, ref, turn, until < last ? error : inVain(error));
  else if (!(mayAskAgain && t < last && compact(ledger, ref, error))) failCall(ledger, ref, turn, tooLong(error, agentOf(state, ref.agent)));
}

/** It could be asked again, but only when the run is over. */
function inVain(error: ErrorData): ErrorData {
  const wish = error.retryAfterMs;
  return isRetryable(error) && wish !== undefined ? { ...error, message: `${error.message}; it asks to wait ${waitText(wish)}, which is longer than this run has` } : error;
}

/** Once, a conversation that is too long is shortened and sent again. False when it was before, or cannot be. */
function compact(ledger: Ledger, ref: CallRef, error: ErrorData): boolean {
  const sizes = compaction(ledger.state, agentOf(ledger.state, ref.agent), error);
  if (sizes !== undefined) put(ledger, { type: 'conversation-compact', ...ref, ...sizes });
  return sizes !== undefined;
}

function failCall(ledger: Ledger, ref: CallRef, turn: TurnState, error: ErrorData): void {
  if (turn.kind === 'present' && turn.said !== '') put(ledger, { type: 'draft-discard', ...ref });
  const salvaged = salvage(ledger, agentOf(ledger.state, ref.agent));
  if (turn.kind === 'evaluate') put(ledger, { type: 'evaluation-end', agent: ref.agent, verdict: 'submit', reason: `not checked: ${error.message}`, instructions: '' });
  else if (turn.kind !== 'present') put(ledger, { type: 'agent-fail', agent: ref.agent, error });
  if (!salvaged) put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, outcome: 'failed', ...(turn.kind === 'present' ? { why: error.message } : {}) });
}

interface Accepted {
  readonly text: string;
  readonly via: 'tool' | 'salvage' | 'solo';
  readonly truncated: boolean;
  /** Of the caller's tools. */
  readonly toolCalls?: readonly ToolCall[];
}

function accept(ledger: Ledger, { agent, turn }: TurnRef, { text, via, truncated, toolCalls = [] }: Accepted): void {
  const author = agentOf(ledger.state, agent);
  const rev = (newestRevision(author)?.rev ?? 0) + 1;
  put(ledger, { type: 'answer-accept', agent, turn, rev, label: answerLabel(author, rev), text, via, ...(truncated ? { truncated: true as const } : {}), ...(toolCalls.length === 0 ? {} : { toolCalls }) });
  put(ledger, { type: 'turn-end', agent, turn, outcome: 'answer' });
}

/** The plain text of a first turn that will get no further reply is taken as the answer of an agent that has none. True when it was. */
export function salvage(ledger: Ledger, agent: AgentState): boolean {
  const { info, turn, revisions } = agent;
  if (turn?.kind !== 'answer' || turn.spoken === null || revisions.length > 0) return false;
  accept(ledger, { agent: info.id, turn: turn.turn }, { text: turn.spoken.text, via: 'salvage', truncated: turn.spoken.truncated });
  return true;
}

/** After its last broken reply: plain text of an agent without an answer is taken as one; a voter abstains. */
function exhaust(ledger: Ledger, { ref, turn }: Ended, message: string): void {
  const { agent } = ref;
  if (turn.kind === 'vote') {
    put(ledger, { type: 'vote-abstain', agent, turn: ref.turn, seen: turn.running?.seen ?? turn.seen, why: message });
    put(ledger, { type: 'turn-end', agent, turn: ref.turn, outcome: 'abstain' });
  } else if (!salvage(ledger, agentOf(ledger.state, agent))) put(ledger, { type: 'turn-end', agent, turn: ref.turn, outcome: 'nothing' });
}

function onWorkflowReply(ledger: Ledger, ended: Ended): void {
  const { ref, turn, result } = ended;
  const author = agentOf(ledger.state, ref.agent);
  const seen = turn.running?.seen ?? turn.seen;
  const verdict = readReply(ledger.state, author, result, seen);
  switch (verdict.type) {
    case 'answer':
      accept(ledger, ref, { text: verdict.text, via: 'tool', truncated: false });
      return;
    case 'vote': {
      const { target, rev, reason, via } = verdict;
      put(ledger, { type: 'vote-cast', agent: ref.agent, turn: ref.turn, target, rev, label: answerLabel(agentOf(ledger.state, target), rev), seen, reason, via });
      put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, outcome: 'vote' });
      return;
    }
    case 'reject':
      put(ledger, { type: 'answer-reject', ...ref, reason: verdict.reason, message: verdict.message });
      if (turn.rejects + 1 >= MAX_REPLIES) exhaust(ledger, ended, verdict.message);
  }
}

/** The reply is not in the form that was asked for: once it is asked for again. False when it was asked before. */
function askForForm(ledger: Ledger, { ref, turn }: Ended, violation: string): boolean {
  put(ledger, { type: 'answer-reject', ...ref, reason: 'format_unmet', message: `Your reply does not have the form that is required: ${violation}. Write it again: only the JSON itself, nothing before or after it.` });
  return turn.rejects === 0;
}

function failSolo(ledger: Ledger, { ref }: Ended, error: ErrorData): void {
  put(ledger, { type: 'agent-fail', agent: ref.agent, error });
  put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, outcome: 'failed' });
}

/** Why a reply without text or tool calls is asked for again. */
function askAgain(ledger: Ledger, { ref, turn }: Ended, reason: RejectReason, message: string): void {
  put(ledger, { type: 'answer-reject', ...ref, reason, message });
  if (turn.rejects + 1 >= MAX_REPLIES) put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, outcome: 'nothing' });
}

function onSoloReply(ledger: Ledger, ended: Ended): void {
  const { ref, result: reply } = ended;
  const result = { ...reply, text: joined(ended.turn.said, reply.text) };
  const { text, reason, violation } = result;
  const foreign = foreignCalls(ledger.state, result);
  if (reason === 'content-filter' || (text.trim() === '' && reason === 'refusal')) failSolo(ledger, ended, { code: 'reply-filtered', message: "the reply was withheld by the provider's content filter" });
  else if (violation !== undefined) {
    if (!askForForm(ledger, ended, violation)) failSolo(ledger, ended, { code: 'format-unmet', message: `the reply was not in the form that was asked for, twice: ${violation}` });
  } else if (isWhole(ledger.state, result)) accept(ledger, ref, { text, via: 'solo', truncated: reason === 'length', toolCalls: result.toolCalls });
  else if (text.trim() !== '') accept(ledger, ref, { text, via: 'solo', truncated: reason === 'length' });
  else if (foreign.length > 0) askAgain(ledger, ended, 'no_workflow_tool', `There is no tool ${foreign.join(', ')}. Answer the message.`);
  else if (reason === 'length') askAgain(ledger, ended, 'reply_truncated', 'Your reply was cut off at the token limit before any text. Answer in fewer words.');
  else askAgain(ledger, ended, 'answer_empty', 'Your reply was empty. Answer the message.');
}

function onPresentation(ledger: Ledger, ended: Ended): void {
  const { ref } = ended;
  const result = { ...ended.result, text: joined(ended.turn.said, ended.result.text) };
  const whole = isWhole(ledger.state, result);
  if (!whole && wasShown(result)) put(ledger, { type: 'draft-discard', ...ref });
  if (result.violation !== undefined && askForForm(ledger, ended, result.violation)) return;
  put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, outcome: whole ? 'presented' : 'failed', ...(whole ? {} : { why: whyUnfit(ledger.state, result) }) });
}

function onEvaluation(ledger: Ledger, { ref, turn, result }: Ended): void {
  const call = result.toolCalls.find(({ name }) => name === 'submit' || name === 'restart_orchestration');
  const given = call === undefined ? undefined : parseArguments(call);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const end = (verdict: 'submit' | 'restart', reason: string, instructions: string): void => {
    put(ledger, { type: 'evaluation-end', agent: ref.agent, verdict, reason, instructions });
    put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, outcome: 'evaluated' });
  };
  if (call?.name === 'restart_orchestration') end('restart', text(given?.['reason']), text(given?.['instructions']));
  else if (call !== undefined) end('submit', '', '');
  else if (turn.rejects + 1 >= MAX_REPLIES) end('submit', 'not checked: no verdict was given', '');
  else put(ledger, { type: 'answer-reject', ...ref, reason: 'no_workflow_tool', message: 'You have not finished: call submit or restart_orchestration.' });
}

/** What a finished reply means for its turn. */
export function judge(ledger: Ledger, ended: Ended): void {
  const { kind } = ended.turn;
  if (kind === 'solo') onSoloReply(ledger, ended);
  else if (kind === 'present') onPresentation(ledger, ended);
  else if (kind === 'evaluate') onEvaluation(ledger, ended);
  else onWorkflowReply(ledger, ended);
}

/** A turn that has used its tools as often as it may is told to finish, and ended when it will not. */
export function refuseTools(ledger: Ledger, ended: Ended): void {
  const { ref, turn } = ended;
  const message = isDelivery(turn.kind) ? 'You have used tools as often as you may: write the answer now.' : 'You have used tools as often as you may in this turn: finish now with new_answer or vote.';
  put(ledger, { type: 'answer-reject', ...ref, reason: 'tool_limit', message });
  if (turn.rejects + 1 < MAX_REPLIES) return;
  if (!isDelivery(turn.kind)) exhaust(ledger, ended, message);
  else if (turn.kind === 'solo' && turn.said.trim() !== '') accept(ledger, ref, { text: turn.said, via: 'solo', truncated: false });
  else {
    if (turn.said !== '') put(ledger, { type: 'draft-discard', ...ref });
    put(ledger, { type: 'turn-end', agent: ref.agent, turn: ref.turn, ...(turn.kind === 'solo' ? { outcome: 'nothing' } : { outcome: 'failed', why: 'it used tools as often as it may, and went on' }) });
  }
}

/** The turn was to end before its call did. */
const isOver = (state: RunState, agent: AgentState): boolean => isStopped(state) || agent.turn?.timedOut === true || isCalledOff(state, agent);

/** What the end of a call means. A call that is not the agent's running one means nothing. */
export function onCallEnd(ledger: Ledger, input: CallEndInput): void {
  const { agent, turn: number, call, result, costMicros, chance } = input;
  const ref = { agent, turn: number, call };
  const turn = ledger.state.agents[agent]?.turn;
  if (turn?.turn !== number || turn.running?.call !== call) return;
  put(ledger, { type: 'call-end', ...ref, ...result, costMicros });
  const ended: Ended = { ref, turn, result, chance };
  if (result.end === 'finish') {
    if (agentOf(ledger.state, agent).turn?.reply == null) judge(ledger, ended);
  } else if (isOver(ledger.state, agentOf(ledger.state, agent))) {
    // Whatever broke it off, it was to end: nobody has failed.
    if (wasShown(result)) put(ledger, { type: 'draft-discard', ...ref });
  } else if (result.end === 'error') onError(ledger, ended, result.error ?? { code: 'internal', message: 'the call failed without a reason' });
  else onError(ledger, ended, { code: 'backend-reset', message: 'the provider ended the call' });
}
