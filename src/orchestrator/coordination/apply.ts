import type { AgentId, Fact, FinalMark, Seen } from '../protocol.js';
import { begin } from './begin.js';
import { isWhole } from './caller.js';
import { agentWith, stateWith, turnWith } from './change.js';
import { heardBy, toldBy } from './heard.js';
import { ended, joined, ownCalls, started, withOwnCalls } from './own-tools.js';
import { addSpent } from './spent.js';
import { agentOf, type AgentState, type Ballot, type RunState, type TurnState } from './state.js';

type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>;
/** What the fold needs of a stamp: when it happened. */
export type TimedFact = Fact & { readonly t: number };

/** A state with another state of one agent. */
const withAgent = (state: RunState, agent: AgentState): RunState => stateWith(state, { agents: { ...state.agents, [agent.info.id]: agent } });

const isOpen = (state: RunState, ref: { readonly agent: AgentId; readonly turn: number }): boolean => agentOf(state, ref.agent).turn?.turn === ref.turn;

/** Changes the agent's open turn; facts of a turn that is not open change nothing. */
function withTurn(state: RunState, ref: { agent: AgentId; turn: number }, change: (turn: TurnState) => TurnState): RunState {
  const agent = agentOf(state, ref.agent);
  return agent.turn?.turn === ref.turn ? withAgent(state, agentWith(agent, { turn: change(agent.turn) })) : state;
}

const withMark = (state: RunState, mark: FinalMark): RunState => (state.marks.includes(mark) ? state : stateWith(state, { marks: [...state.marks, mark] }));

function turnStart(state: RunState, fact: FactOf<'turn-start'>, t: number): RunState {
  const agent = agentOf(state, fact.agent);
  return withAgent(state, agentWith(agent, {
    turns: fact.turn,
    firstTurn: fact.kind === 'answer' || fact.kind === 'solo' ? 'running' : agent.firstTurn,
    conversation: fact.fresh ? [] : agent.conversation,
    turn: { turn: fact.turn, kind: fact.kind, startedAt: t, seen: fact.seen, fresh: fact.fresh, calls: 0, rejects: 0, attempt: 1, running: null, retryAt: null, rejectMessage: null, spoken: null, timedOut: false, reply: null, toolRounds: 0, said: '' },
  }));
}

function callStart(state: RunState, fact: FactOf<'call-start'>): RunState {
  const agent = agentOf(state, fact.agent);
  const { seen, call, attempt, mayAnswer, reserved } = fact;
  const open = agent.turn?.turn === fact.turn ? agent.turn : null;
  const turn = open === null ? agent.turn : turnWith(open, { seen, calls: call, attempt, retryAt: null, rejectMessage: null, reply: null, running: { call, attempt, seen, mayAnswer, reserved } });
  return withAgent(state, agentWith(agent, {
    turn,
    calls: fact.index + 1,
    seen: turn?.kind === 'vote' ? seen : agent.seen,
    heard: state.messages.length === 0 ? agent.heard : heardBy(agent.heard, fact.messages),
    told: agent.offers.length === agent.told ? agent.told : toldBy(agent.told, fact.messages),
    conversation: fact.messages.length === 0 ? agent.conversation : [...agent.conversation, ...fact.messages],
  }));
}

/** The agent with what it has said; `turn` is that after the call. */
function afterCall(agent: AgentState, turn: TurnState, fact: FactOf<'call-end'>): AgentState {
  const { conversation } = agent;
  const { text, toolCalls, items } = fact;
  const spoke = fact.end === 'finish' && (text !== '' || toolCalls.length > 0 || items.length > 0);
  const draft = fact.draft ?? (turn.kind === 'solo' ? turn.said : '');
  return agentWith(agent, {
    turn,
    draft: draft.length > agent.draft.length ? draft : agent.draft,
    trouble: fact.error === undefined ? agent.trouble : fact.error.message,
    conversation: spoke ? [...conversation, { role: 'assistant', text, toolCalls, items }] : conversation,
  });
}

function callEnd(state: RunState, fact: FactOf<'call-end'>): RunState {
  const agent = agentOf(state, fact.agent);
  const { turn } = agent;
  if (turn?.turn !== fact.turn || turn.running?.call !== fact.call) return state;
  const own = ownCalls(state, agent, turn.kind, fact);
  const after = afterCall(agent, turnWith(own.length === 0 ? turn : withOwnCalls(state, turn, own, fact), { running: null, attempt: 1 }), fact);
  const spent = addSpent(state.spent, fact);
  const whole = turn.said === '' ? fact : { ...fact, text: joined(turn.said, fact.text) };
  if (turn.kind !== 'present' || own.length > 0 || !isWhole(state, whole)) return withAgent(stateWith(state, { spent }), after);
  const { agent: id, call, text, toolCalls } = whole;
  return withClosed(stateWith(state, { spent, presented: { agent: id, turn: fact.turn, call, text, truncated: fact.reason === 'length', toolCalls } }), after, fact.turn);
}

/** A rejected reply may still hold the only text there will be. */
function answerReject(state: RunState, fact: FactOf<'answer-reject'>): RunState {
  if (!isOpen(state, fact)) return state;
  const agent = agentOf(state, fact.agent);
  const last = agent.conversation.at(-1);
  const isText = agent.turn?.kind === 'answer' && last?.role === 'assistant' && last.toolCalls.length === 0 && fact.reason !== 'reply_filtered';
  const text = isText ? last.text.trim() : '';
  const { turn } = agent;
  const spoken = text === '' ? turn?.spoken ?? null : { text, truncated: fact.reason === 'reply_truncated' };
  const told = turn === null ? null : turnWith(turn, { rejects: turn.rejects + 1, rejectMessage: fact.message, spoken, reply: null });
  return withAgent(state, agentWith(agent, { turn: told, trouble: fact.message, draft: text.length > agent.draft.length ? text : agent.draft }));
}

function answerAccept(state: RunState, fact: FactOf<'answer-accept'>): RunState {
  const agent = agentOf(state, fact.agent);
  const heads: Seen = { ...state.heads, [fact.agent]: fact.rev };
  const revision = { rev: fact.rev, text: fact.text, attempt: state.attempt, via: fact.via, truncated: fact.truncated ?? false, toolCalls: fact.toolCalls ?? [] };
  return withClosed(stateWith(state, { heads }), agentWith(agent, { revisions: [...agent.revisions, revision] }), fact.turn);
}

/**
 * Puts the agent in, its open turn ended. Besides `turn-end` the fact that decides a turn does so itself,
 * so that a log cut between the two is still a consistent one.
 */
function withClosed(state: RunState, agent: AgentState, turn: number): RunState {
  if (agent.turn?.turn !== turn) return withAgent(state, agent);
  const over: AgentState = agentWith(agent, { turn: null, firstTurn: agent.firstTurn === 'running' ? 'over' : agent.firstTurn });
  return withAgent(agent.turn.kind === 'present' ? stateWith(state, { phase: 'evaluating' }) : state, over);
}

/** Ends a turn, if it is open. */
const closeTurn = (state: RunState, ref: { readonly agent: AgentId; readonly turn: number }): RunState => (isOpen(state, ref) ? withClosed(state, agentOf(state, ref.agent), ref.turn) : state);

const turnTimedOut = (state: RunState, agent: AgentState): RunState =>
  withAgent(state, agentWith(agent, { turn: agent.turn === null ? null : turnWith(agent.turn, { timedOut: true }), trouble: 'ran out of time', timedOut: true }));

function timeUp(state: RunState, fact: FactOf<'time-up'>): RunState {
  switch (fact.which) {
    case 'patience':
      return stateWith(state, { patienceOver: true });
    case 'request':
      return stateWith(state, { stop: 'deadline' });
    case 'coordination':
      return withMark(stateWith(state, { stop: 'deadline' }), 'time-limit');
    case 'run':
      return withMark(stateWith(state, { runTimeUp: true }), 'time-limit');
    case 'turn':
      return isOpen(state, fact) ? turnTimedOut(state, agentOf(state, fact.agent)) : state;
  }
}

/** Failures are forgotten at a new attempt; what somebody decided is not. */
const stopped = ({ failed }: AgentState): AgentState['failed'] => (failed?.code === 'agent-stopped' ? failed : null);

/** A new attempt keeps answers and their numbers; ballots, failures and conversations start afresh. */
function attemptStart(state: RunState, fact: FactOf<'attempt-start'>, t: number): RunState {
  const agents = state.order.map((id): [AgentId, AgentState] => [
    id,
    agentWith(agentOf(state, id), { ballot: null, abstentions: 0, failed: stopped(agentOf(state, id)), firstTurn: 'pending', conversation: [], seen: null, turn: null, trouble: null, timedOut: false }),
  ]);
  return stateWith(state, {
    phase: 'coordinating',
    agents: Object.fromEntries(agents),
    attempt: fact.attempt,
    attemptAt: t,
    patienceOver: false,
    feedback: { reason: fact.reason, instructions: fact.instructions },
    previousWinner: state.selection?.agent ?? state.previousWinner,
    selection: null,
    presented: null,
    evaluated: null,
    marks: [],
  });
}

function abstain(state: RunState, fact: FactOf<'vote-abstain'>): RunState {
  if (!isOpen(state, fact)) return state;
  const agent = agentOf(state, fact.agent);
  const ballot: Ballot = { target: null, rev: 0, seen: fact.seen, heard: agent.heard, reason: fact.why };
  return withClosed(state, agentWith(agent, { abstentions: agent.abstentions + 1, ballot, trouble: fact.why }), fact.turn);
}

const voted = (agent: AgentState, { target, rev, seen, reason }: FactOf<'vote-cast'>): AgentState => agentWith(agent, { ballot: { target, rev, seen, heard: agent.heard, reason } });

function select(state: RunState, fact: FactOf<'winner-select'>): RunState {
  const { agent, rev, label, tally, basis, unanimous, tie, finish } = fact;
  return stateWith(state, { phase: finish === 'reuse' ? 'evaluating' : 'presenting', selection: { agent, rev, label, tally, basis, unanimous, tie, finish } });
}

function runEnd(state: RunState, fact: FactOf<'run-end'>): RunState {
  const { status, error, usage, costMicros, durationMs } = fact;
  return stateWith(state, { phase: 'ended', ending: { status, ...(error === undefined ? {} : { error }), usage, costMicros, durationMs } });
}

/** What is true after a fact. Pure; facts of closed turns and unknown kinds leave the state as it is. */
export const apply = (state: RunState, fact: TimedFact): RunState => applyAt(state, fact, fact.t);

/** The same for a fact that has no stamp yet. */
export function applyAt(state: RunState, fact: Fact, t: number): RunState {
  switch (fact.type) {
    case 'run-start':
      return begin(fact, t);
    case 'turn-start':
      return turnStart(state, fact, t);
    case 'call-start':
      return callStart(state, fact);
    case 'call-end':
      return callEnd(state, fact);
    case 'tools-offer':
      return withAgent(state, agentWith(agentOf(state, fact.agent), { offers: [...agentOf(state, fact.agent).offers, { tools: fact.tools, notes: fact.notes }] }));
    case 'tool-start':
      return withTurn(state, fact, (turn) => started(turn, fact));
    case 'tool-end':
      return withAgent(fact.spent === undefined ? state : stateWith(state, { spent: addSpent(state.spent, fact.spent) }), ended(agentOf(state, fact.agent), fact));
    case 'conversation-compact':
      return isOpen(state, fact) ? withAgent(state, agentWith(agentOf(state, fact.agent), { room: fact.to })) : state;
    case 'retry-wait':
      return withTurn(state, fact, (turn) => turnWith(turn, { retryAt: fact.until, attempt: fact.attempt + 1 }));
    case 'answer-accept':
      return answerAccept(state, fact);
    case 'answer-reject':
      return answerReject(state, fact);
    case 'vote-cast':
      return isOpen(state, fact) ? withClosed(state, voted(agentOf(state, fact.agent), fact), fact.turn) : state;
    case 'vote-abstain':
      return abstain(state, fact);
    case 'turn-end':
      return closeTurn(state, fact);
    case 'agent-fail':
      return withAgent(state, agentWith(agentOf(state, fact.agent), { failed: fact.error, trouble: fact.error.message }));
    case 'time-up':
      return timeUp(state, fact);
    case 'budget-reach':
      return withMark(stateWith(state, { stop: state.stop ?? 'budget', broke: true }), 'budget');
    case 'cancel-request':
      return withMark(stateWith(state, { stop: 'cancel', stopError: fact.error ?? state.stopError }), 'cancelled');
    case 'answer-request':
      return stateWith(state, { asked: true });
    case 'message-add':
      return stateWith(state, { messages: [...state.messages, fact.text] });
    case 'winner-select':
      return select(state, fact);
    case 'draft-discard':
      return state.presented?.agent === fact.agent && state.presented.turn === fact.turn && state.presented.call === fact.call ? stateWith(state, { presented: null }) : state;
    case 'evaluation-end':
      return stateWith(state, { evaluated: { verdict: fact.verdict, reason: fact.reason, instructions: fact.instructions } });
    case 'attempt-start':
      return attemptStart(state, fact, t);
    case 'answer-final':
      return stateWith(state, { phase: 'closing', final: { agent: fact.agent, label: fact.label, text: fact.text, source: fact.source, marks: fact.marks, ...(fact.toolCalls === undefined ? {} : { toolCalls: fact.toolCalls }) } });
    case 'run-end':
      return runEnd(state, fact);
    default:
      // A log of a later version may hold facts that are not known here.
      return state;
  }
}
