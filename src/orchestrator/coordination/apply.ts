import type { AgentId, Fact, FinalMark, Seen } from '../protocol.js';
import { isWhole } from './caller.js';
import { EMPTY, agentOf, type AgentState, type RunState, type Spent, type TurnState } from './state.js';

type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>;
/** What the fold needs of a stamp: when it happened. */
export type TimedFact = Fact & { readonly t: number };

function withAgent(state: RunState, id: AgentId, change: Partial<AgentState>): RunState {
  return { ...state, agents: { ...state.agents, [id]: { ...agentOf(state, id), ...change } } };
}

const isOpen = (state: RunState, ref: { readonly agent: AgentId; readonly turn: number }): boolean => agentOf(state, ref.agent).turn?.turn === ref.turn;

/** Changes the agent's open turn; facts of a turn that is not open change nothing. */
function withTurn(state: RunState, ref: { agent: AgentId; turn: number }, change: (turn: TurnState, agent: AgentState) => Partial<TurnState>): RunState {
  const agent = agentOf(state, ref.agent);
  if (agent.turn?.turn !== ref.turn) return state;
  return withAgent(state, ref.agent, { turn: { ...agent.turn, ...change(agent.turn, agent) } });
}

const withMark = (state: RunState, mark: FinalMark): RunState => (state.marks.includes(mark) ? state : { ...state, marks: [...state.marks, mark] });

function start(fact: FactOf<'run-start'>, t: number): RunState {
  const zero: Record<AgentId, number> = Object.fromEntries(fact.agents.map(({ id }) => [id, 0]));
  const agents = fact.agents.map((info): [AgentId, AgentState] => [
    info.id,
    { info, revisions: [], ballot: null, abstentions: 0, turns: 0, calls: 0, turn: null, firstTurn: 'pending', failed: null, conversation: [], seen: null, draft: '', trouble: null, timedOut: false },
  ]);
  return {
    ...EMPTY,
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
  };
}

function turnStart(state: RunState, fact: FactOf<'turn-start'>, t: number): RunState {
  const agent = agentOf(state, fact.agent);
  return withAgent(state, fact.agent, {
    turns: fact.turn,
    firstTurn: fact.kind === 'answer' || fact.kind === 'solo' ? 'running' : agent.firstTurn,
    conversation: fact.fresh ? [] : agent.conversation,
    turn: { turn: fact.turn, kind: fact.kind, startedAt: t, seen: fact.seen, fresh: fact.fresh, calls: 0, rejects: 0, attempt: 1, running: null, retryAt: null, rejectMessage: null, spoken: null, timedOut: false },
  });
}

function callStart(state: RunState, fact: FactOf<'call-start'>): RunState {
  const opened = withTurn(state, fact, () => ({
    seen: fact.seen,
    calls: fact.call,
    attempt: fact.attempt,
    retryAt: null,
    rejectMessage: null,
    running: { call: fact.call, attempt: fact.attempt, seen: fact.seen, mayAnswer: fact.mayAnswer, reserved: fact.reserved },
  }));
  const agent = agentOf(opened, fact.agent);
  return withAgent(opened, fact.agent, {
    calls: fact.index + 1,
    seen: agent.turn?.kind === 'vote' ? fact.seen : agent.seen,
    conversation: fact.messages.length === 0 ? agent.conversation : [...agent.conversation, ...fact.messages],
  });
}

function addSpent(spent: Spent, fact: FactOf<'call-end'>): Spent {
  const { usage } = fact;
  const sum = (name: 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens'): number => (spent.usage[name] ?? 0) + (usage[name] ?? 0);
  return {
    tokens: spent.tokens + usage.inputTokens + usage.outputTokens,
    costMicros: spent.costMicros + (fact.costMicros ?? 0),
    costKnown: spent.costKnown && fact.costMicros !== null,
    usage: {
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      cachedInputTokens: sum('cachedInputTokens'),
      cacheWriteTokens: sum('cacheWriteTokens'),
      reasoningTokens: sum('reasoningTokens'),
    },
  };
}

function callEnd(state: RunState, fact: FactOf<'call-end'>): RunState {
  if (!isOpen(state, fact) || agentOf(state, fact.agent).turn?.running?.call !== fact.call) return state;
  const paid: RunState = { ...state, spent: addSpent(state.spent, fact) };
  const ended = withTurn(paid, fact, () => ({ running: null, attempt: 1 }));
  const agent = agentOf(ended, fact.agent);
  const draft = fact.draft !== undefined && fact.draft.length > agent.draft.length ? { draft: fact.draft } : {};
  const trouble = fact.error === undefined ? {} : { trouble: fact.error.message };
  const spoke = fact.end === 'finish' && (fact.text !== '' || fact.toolCalls.length > 0 || fact.items.length > 0);
  const reply = { role: 'assistant' as const, text: fact.text, toolCalls: fact.toolCalls, items: fact.items };
  const after = withAgent(ended, fact.agent, { ...draft, ...trouble, ...(spoke ? { conversation: [...agent.conversation, reply] } : {}) });
  if (agent.turn?.kind !== 'present' || !isWhole(state, fact)) return after;
  const { agent: id, turn, call, text } = fact;
  return closeTurn({ ...after, presented: { agent: id, turn, call, text, truncated: fact.reason === 'length', toolCalls: fact.toolCalls } }, fact);
}

/** A rejected reply may still hold the only text there will be. */
function answerReject(state: RunState, fact: FactOf<'answer-reject'>): RunState {
  if (!isOpen(state, fact)) return state;
  const agent = agentOf(state, fact.agent);
  const last = agent.conversation.at(-1);
  const isText = agent.turn?.kind === 'answer' && last?.role === 'assistant' && last.toolCalls.length === 0 && fact.reason !== 'reply_filtered';
  const text = isText ? last.text.trim() : '';
  const spoken = text === '' ? {} : { spoken: { text, truncated: fact.reason === 'reply_truncated' } };
  const told = withTurn(state, fact, (turn) => ({ rejects: turn.rejects + 1, rejectMessage: fact.message, ...spoken }));
  return withAgent(told, fact.agent, { trouble: fact.message, ...(text.length > agent.draft.length ? { draft: text } : {}) });
}

function answerAccept(state: RunState, fact: FactOf<'answer-accept'>): RunState {
  const agent = agentOf(state, fact.agent);
  const heads: Seen = { ...state.heads, [fact.agent]: fact.rev };
  const revision = { rev: fact.rev, text: fact.text, attempt: state.attempt, via: fact.via, truncated: fact.truncated ?? false, toolCalls: fact.toolCalls ?? [] };
  return closeTurn(withAgent({ ...state, heads }, fact.agent, { revisions: [...agent.revisions, revision] }), fact);
}

/**
 * Ends the agent's open turn. Besides `turn-end` the fact that decides a turn does so itself,
 * so that a log cut between the two is still a consistent one.
 */
function closeTurn(state: RunState, ref: { readonly agent: AgentId; readonly turn: number }): RunState {
  const agent = agentOf(state, ref.agent);
  if (agent.turn?.turn !== ref.turn) return state;
  const phase = agent.turn.kind === 'present' ? 'evaluating' : state.phase;
  return withAgent({ ...state, phase }, ref.agent, { turn: null, firstTurn: agent.firstTurn === 'running' ? 'over' : agent.firstTurn });
}

function timeUp(state: RunState, fact: FactOf<'time-up'>): RunState {
  switch (fact.which) {
    case 'patience':
      return { ...state, patienceOver: true };
    case 'coordination':
      return withMark({ ...state, stop: 'deadline' }, 'time-limit');
    case 'run':
      return withMark({ ...state, runTimeUp: true }, 'time-limit');
    case 'turn':
      return isOpen(state, fact) ? withAgent(withTurn(state, fact, () => ({ timedOut: true })), fact.agent, { trouble: 'ran out of time', timedOut: true }) : state;
  }
}

/** A new attempt keeps answers and their numbers; ballots, failures and conversations start afresh. */
function attemptStart(state: RunState, fact: FactOf<'attempt-start'>, t: number): RunState {
  const agents = state.order.map((id): [AgentId, AgentState] => [
    id,
    { ...agentOf(state, id), ballot: null, abstentions: 0, failed: null, firstTurn: 'pending', conversation: [], seen: null, turn: null, trouble: null, timedOut: false },
  ]);
  return {
    ...state,
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
  };
}

function abstain(state: RunState, fact: FactOf<'vote-abstain'>): RunState {
  if (!isOpen(state, fact)) return state;
  const agent = agentOf(state, fact.agent);
  const change = { abstentions: agent.abstentions + 1, ballot: { target: null, rev: 0, seen: fact.seen, reason: fact.why }, trouble: fact.why };
  return closeTurn(withAgent(state, fact.agent, change), fact);
}

function select(state: RunState, fact: FactOf<'winner-select'>): RunState {
  const { agent, rev, label, tally, basis, unanimous, tie, finish } = fact;
  return { ...state, phase: finish === 'reuse' ? 'evaluating' : 'presenting', selection: { agent, rev, label, tally, basis, unanimous, tie, finish } };
}

function runEnd(state: RunState, fact: FactOf<'run-end'>): RunState {
  const { status, error, usage, costMicros, durationMs } = fact;
  return { ...state, phase: 'ended', ending: { status, ...(error === undefined ? {} : { error }), usage, costMicros, durationMs } };
}

/** What is true after a fact. Pure; facts of closed turns and unknown kinds leave the state as it is. */
export function apply(state: RunState, fact: TimedFact): RunState {
  switch (fact.type) {
    case 'run-start':
      return start(fact, fact.t);
    case 'turn-start':
      return turnStart(state, fact, fact.t);
    case 'call-start':
      return callStart(state, fact);
    case 'call-end':
      return callEnd(state, fact);
    case 'retry-wait':
      return withTurn(state, fact, () => ({ retryAt: fact.until, attempt: fact.attempt + 1 }));
    case 'answer-accept':
      return answerAccept(state, fact);
    case 'answer-reject':
      return answerReject(state, fact);
    case 'vote-cast':
      return isOpen(state, fact) ? closeTurn(withAgent(state, fact.agent, { ballot: { target: fact.target, rev: fact.rev, seen: fact.seen, reason: fact.reason } }), fact) : state;
    case 'vote-abstain':
      return abstain(state, fact);
    case 'turn-end':
      return closeTurn(state, fact);
    case 'agent-fail':
      return withAgent(state, fact.agent, { failed: fact.error, trouble: fact.error.message });
    case 'time-up':
      return timeUp(state, fact);
    case 'budget-reach':
      return withMark({ ...state, stop: state.stop ?? 'budget', broke: true }, 'budget');
    case 'cancel-request':
      return withMark({ ...state, stop: 'cancel' }, 'cancelled');
    case 'winner-select':
      return select(state, fact);
    case 'draft-discard':
      return state.presented?.agent === fact.agent && state.presented.turn === fact.turn && state.presented.call === fact.call ? { ...state, presented: null } : state;
    case 'evaluation-end':
      return { ...state, evaluated: { verdict: fact.verdict, reason: fact.reason, instructions: fact.instructions } };
    case 'attempt-start':
      return attemptStart(state, fact, fact.t);
    case 'answer-final':
      return { ...state, phase: 'closing', final: { agent: fact.agent, label: fact.label, text: fact.text, source: fact.source, marks: fact.marks, ...(fact.toolCalls === undefined ? {} : { toolCalls: fact.toolCalls }) } };
    case 'run-end':
      return runEnd(state, fact);
    default:
      // A log of a later version may hold facts that are not known here.
      return state;
  }
}
