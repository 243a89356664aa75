import type { ToolChoice } from '../../backends/contract.js';
import type { CallRef, PromptMessage, Seen, ToolSet, TurnKind } from '../protocol.js';
import { reservationFor, type Reservation } from './budget.js';
import { isDelivery, toolSetOf } from './caller.js';
import { answerOpenCalls } from './conversation.js';
import { answerLimit } from './limits.js';
import { nextTurn, type Opening } from './next-turn.js';
import { messagesFrom, news, opening, reAsk, workflowResult } from './prompts.js';
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
  readonly choice: ToolChoice;
  readonly reserved: Reservation;
}

function toolsFor(state: RunState, kind: TurnKind): ToolSet {
  if (isDelivery(kind)) return toolSetOf(state);
  return kind === 'evaluate' ? 'evaluation' : 'workflow';
}

/** Forced where the vendor allows; an agent with other tools is free to use them first, until a reply was broken. */
function choiceFor(state: RunState, agent: AgentState, kind: TurnKind, mayAnswer: boolean, rejects: number): ToolChoice {
  if (isDelivery(kind)) return state.request.toolChoice ?? 'auto';
  if (agent.info.otherTools && rejects === 0) return 'auto';
  if (kind === 'evaluate') return 'required';
  if (!mayAnswer) return { name: 'vote' };
  return kind === 'answer' ? { name: 'new_answer' } : 'required';
}

interface Words {
  readonly messages: readonly PromptMessage[];
  readonly seen: Seen;
}

/** Within a turn: what was wrong with the last reply, and news where the agent may have it. A transport retry adds nothing. */
function furtherWords(state: RunState, agent: AgentState, turn: TurnState, limit: string | null): Words {
  const message = turn.rejectMessage;
  if (message === null) return { messages: [], seen: turn.seen };
  const results = answerOpenCalls(agent.conversation, () => message);
  const told: readonly PromptMessage[] = results.length > 0 ? results : [{ role: 'user', parts: [message] }];
  const informed = state.settings.injection && turn.kind === 'vote' && news(state, agent, turn.seen).length > 0;
  const said = messagesFrom(state, agent.heard);
  if (!informed && said.length > 0 && turn.kind !== 'evaluate') return { messages: [...told, { role: 'user', parts: said }], seen: turn.seen };
  return informed ? { messages: [...told, reAsk(state, agent, turn.seen, limit)], seen: state.heads } : { messages: told, seen: turn.seen };
}

function firstWords(state: RunState, agent: AgentState, opens: Opening, limit: string | null, at: string): Words {
  if (opens.kind === 'solo' && !opens.fresh) return { messages: [{ role: 'user', parts: messagesFrom(state, agent.heard) }], seen: state.heads };
  if (opens.fresh || agent.seen === null) return { messages: opening(state, agent, opens.kind, limit, at), seen: state.heads };
  const results = answerOpenCalls(agent.conversation, (name) => workflowResult(agent, name));
  return { messages: [...results, reAsk(state, agent, agent.seen, limit)], seen: state.heads };
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
    tools: toolsFor(state, kind),
    choice: choiceFor(state, agent, kind, limit === null, turn?.rejects ?? 0),
    reserved: reservationFor(state, ref.agent, words.messages, opens?.fresh ?? false),
  };
}
