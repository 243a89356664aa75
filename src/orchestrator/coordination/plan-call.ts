import type { ToolChoice } from '../../backends/contract.js';
import type { CallRef, PromptMessage, Seen, ToolSet, TurnKind } from '../protocol.js';
import { reservationFor, type Reservation } from './budget.js';
import { isDelivery, toolSetOf } from './caller.js';
import { answerOpenCalls } from './conversation.js';
import { answerLimit } from './limits.js';
import { nextTurn, type Opening } from './next-turn.js';
import { offersOwnTools } from './own-tools.js';
import { messagesFrom, news, opening, reAsk, toolsChanged, workflowResult } from './prompts.js';
import { agentOf, type AgentState, type RunState, type TurnState } from './state.js';

/** Everything about a call that is decided when it starts. */
export interface CallPlan extends CallRef {
  /** Set when the call opens a new turn. */
  readonly opens: Opening | null;
  readonly attempt: number;
  readonly seen: Seen;
  readonly mayAnswer: boolean;
  readonly messages: readonly PromptMessage[];
  readonly tools: ToolSet;
  /** With the agent's own tools. */
  readonly own: boolean;
  readonly choice: ToolChoice;
  readonly reserved: Reservation;
}

/** A caller that wants none of its tools called is not to keep an agent from its own. */
function toolsFor(state: RunState, kind: TurnKind, own: boolean): ToolSet {
  if (isDelivery(kind)) return own && state.request.toolChoice === 'none' ? 'none' : toolSetOf(state);
  return kind === 'evaluate' ? 'evaluation' : 'workflow';
}

function deliveryChoice({ request }: RunState, own: boolean, spent: boolean): ToolChoice {
  const choice = request.toolChoice ?? 'auto';
  if (!own) return choice;
  if (choice === 'none') return spent ? 'none' : 'auto';
  return spent && (request.tools ?? []).length === 0 ? 'none' : choice;
}

/** Forced where the vendor allows; an agent with other tools is free to use them first, until a reply was broken. */
function choiceFor(state: RunState, agent: AgentState, kind: TurnKind, mayAnswer: boolean): ToolChoice {
  const { rejects = 0, toolRounds = 0 } = agent.turn ?? {};
  const spent = toolRounds >= state.settings.toolRounds && toolRounds > 0;
  if (isDelivery(kind)) return deliveryChoice(state, offersOwnTools(agent, kind), spent);
  if (agent.info.otherTools && rejects === 0 && !spent) return 'auto';
  if (kind === 'evaluate') return 'required';
  if (!mayAnswer) return { name: 'vote' };
  return kind === 'answer' ? { name: 'new_answer' } : 'required';
}

/** To calls of the caller's tools beside calls of own ones. */
const NOT_YET = 'Not called: look at the results of the other tools first, then call this again if it is still the right thing.';

interface Words {
  readonly messages: readonly PromptMessage[];
  readonly seen: Seen;
}

/** A shortened conversation is sent once more: with what the user said in the meantime. */
function saidSince(state: RunState, agent: AgentState, turn: TurnState): readonly PromptMessage[] {
  const said = turn.attempt === 1 && turn.kind !== 'evaluate' ? messagesFrom(state, agent.heard) : [];
  return said.length === 0 ? [] : [{ role: 'user', parts: said }];
}

/** Within a turn: what was wrong with the last reply, and news where the agent may have it. A transport retry adds nothing. */
function furtherWords(state: RunState, agent: AgentState, turn: TurnState, limit: string | null): Words {
  const message = turn.rejectMessage;
  const afterTools = turn.attempt === 1 && agent.conversation.at(-1)?.role === 'tool-result';
  if (message === null && !afterTools) return { messages: saidSince(state, agent, turn), seen: turn.seen };
  const results = answerOpenCalls(agent.conversation, () => message ?? NOT_YET);
  const reproach: readonly PromptMessage[] = message !== null && results.length === 0 ? [{ role: 'user', parts: [message] }] : [];
  const told: readonly PromptMessage[] = [...results, ...reproach, ...toolsChanged(agent)];
  const informed = state.settings.injection && turn.kind === 'vote' && news(state, agent, turn.seen).length > 0;
  const said = messagesFrom(state, agent.heard);
  if (!informed && said.length > 0 && turn.kind !== 'evaluate') return { messages: [...told, { role: 'user', parts: said }], seen: turn.seen };
  return informed ? { messages: [...told, reAsk(state, agent, turn.seen, limit)], seen: state.heads } : { messages: told, seen: turn.seen };
}

function firstWords(state: RunState, agent: AgentState, opens: Opening, limit: string | null, at: string): Words {
  if (opens.kind === 'solo' && !opens.fresh) return { messages: [{ role: 'user', parts: messagesFrom(state, agent.heard) }], seen: state.heads };
  if (opens.fresh || agent.seen === null) return { messages: opening(state, agent, opens.kind, limit, at), seen: state.heads };
  const results = answerOpenCalls(agent.conversation, (name) => workflowResult(agent, name));
  return { messages: [...results, ...toolsChanged(agent), reAsk(state, agent, agent.seen, limit)], seen: state.heads };
}

/** What a wanted call will be, at wall time `at` (ISO 8601). Undefined when nothing is wanted of the agent. */
export function planCall(state: RunState, ref: CallRef, at: string): CallPlan | undefined {
  const agent = agentOf(state, ref.agent);
  const { turn } = agent;
  const opens = turn === null ? nextTurn(state, agent) : null;
  const kind = turn?.kind ?? opens?.kind;
  if (kind === undefined) return undefined;
  const limit = kind === 'vote' ? answerLimit(state, agent) : null;
  const words = turn === null ? firstWords(state, agent, opens ?? { kind, fresh: true }, limit, at) : furtherWords(state, agent, turn, limit);
  return {
    agent: ref.agent,
    turn: ref.turn,
    call: ref.call,
    opens,
    attempt: turn?.attempt ?? 1,
    seen: words.seen,
    mayAnswer: limit === null,
    messages: words.messages,
    tools: toolsFor(state, kind, offersOwnTools(agent, kind)),
    own: offersOwnTools(agent, kind),
    choice: choiceFor(state, agent, kind, limit === null),
    reserved: reservationFor(state, ref.agent, words.messages, opens?.fresh ?? false),
  };
}
