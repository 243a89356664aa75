import type { FinishReason, ImagePart, ProviderItem, ToolCall, ToolSpec, Usage } from '../../backends/contract.js';
import type { ErrorData } from '../../errors.js';
import type { AgentId, AgentInfo, Fact, FinalMark, HistoryMessage, PromptMessage, RunRequest, RunSettings, Seen, Stamp, TurnKind } from '../protocol.js';

type Selection = Omit<Extract<Fact, { type: 'winner-select' }>, 'type' | keyof Stamp>;
type Final = Omit<Extract<Fact, { type: 'answer-final' }>, 'type' | keyof Stamp>;
type Ending = Omit<Extract<Fact, { type: 'run-end' }>, 'type' | keyof Stamp>;

export interface Revision {
  readonly rev: number;
  readonly text: string;
  readonly attempt: number;
  readonly via: 'tool' | 'salvage' | 'draft' | 'solo';
  readonly truncated: boolean;
  readonly toolCalls: readonly ToolCall[];
}

/** The newest vote or abstention of an agent; it holds for exactly what `seen` names. */
export interface Ballot {
  readonly target: AgentId | null;
  readonly rev: number;
  readonly seen: Seen;
  /** How many of the user's messages its author had been given. */
  readonly heard: number;
  readonly reason: string;
}

/** What an agent's conversation is made of: prompts by reference, replies verbatim. */
export type ConversationItem =
  | PromptMessage
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[]; readonly items: readonly ProviderItem[] }
  | { readonly role: 'tool-result'; readonly callId: string; readonly name: string; readonly text: string; readonly images?: readonly ImagePart[] };

/** A call of an agent's own tool that has no result yet. */
export interface OpenCall extends ToolCall {
  readonly started: boolean;
}

/** A reply that calls tools of the agent's own: what else it says is looked at when they are done. */
export interface OwnReply {
  readonly call: number;
  readonly reason?: FinishReason;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly own: readonly ToolCall[];
  readonly open: readonly OpenCall[];
}

export interface ToolsOffer {
  readonly tools: readonly ToolSpec[];
  readonly notes: readonly string[];
}

export interface CallState {
  readonly call: number;
  readonly attempt: number;
  readonly seen: Seen;
  readonly mayAnswer: boolean;
  readonly reserved: { readonly tokens: number; readonly costMicros: number };
}

export interface TurnState {
  readonly turn: number;
  readonly kind: TurnKind;
  readonly startedAt: number;
  readonly seen: Seen;
  readonly fresh: boolean;
  /** Calls made so far in this turn. */
  readonly calls: number;
  /** Broken replies so far in this turn; the third ends it. */
  readonly rejects: number;
  /** The transport attempt that the next call will be. */
  readonly attempt: number;
  readonly running: CallState | null;
  /** Next call not before this time, while the provider recovers. */
  readonly retryAt: number | null;
  /** Messages that the next call must open with, set by a rejected reply. */
  readonly rejectMessage: string | null;
  /** The last plain text of this first turn that was no tool call: an answer, if no better one can be had. */
  readonly spoken: { readonly text: string; readonly truncated: boolean } | null;
  readonly timedOut: boolean;
  /** The last reply, where it called the agent's own tools and is not settled yet. */
  readonly reply: OwnReply | null;
  /** Replies of this turn that called them. */
  readonly toolRounds: number;
  /** What those of a delivery said besides: the delivered text begins with it. */
  readonly said: string;
}

export interface AgentState {
  readonly info: AgentInfo;
  readonly revisions: readonly Revision[];
  readonly ballot: Ballot | null;
  readonly abstentions: number;
  /** Turns started in the run. */
  readonly turns: number;
  /** Calls started in the run. */
  readonly calls: number;
  readonly turn: TurnState | null;
  readonly firstTurn: 'pending' | 'running' | 'over';
  readonly failed: ErrorData | null;
  readonly conversation: readonly ConversationItem[];
  /** What its voting conversation has shown it; null before its first vote turn. */
  readonly seen: Seen | null;
  /** How many of the user's messages it has been given. */
  readonly heard: number;
  /** Characters that its conversation is shortened to, once its model has refused it as too long. */
  readonly room: number | null;
  /** The longest unfinished answer text that an aborted call left. */
  readonly draft: string;
  /** The tools of its own, as they were and are, newest last. */
  readonly offers: readonly ToolsOffer[];
  /** How many of these offers it has been told of. */
  readonly told: number;
  /** The last thing that went wrong, for the report when nobody answers. */
  readonly trouble: string | null;
  /** Some turn of this attempt ran out of its own time. */
  readonly timedOut: boolean;
}

export interface Spent {
  readonly tokens: number;
  readonly costMicros: number;
  readonly costKnown: boolean;
  readonly estimated: boolean;
  readonly usage: Usage;
}

export type StopCause = 'deadline' | 'budget' | 'cancel';

export interface RunState {
  readonly phase: 'idle' | 'coordinating' | 'presenting' | 'evaluating' | 'closing' | 'ended';
  readonly session: string;
  readonly task: string;
  readonly history: readonly HistoryMessage[];
  readonly settings: RunSettings;
  readonly request: RunRequest;
  readonly fence: string;
  /** Config order. */
  readonly order: readonly AgentId[];
  readonly agents: Readonly<Record<AgentId, AgentState>>;
  readonly heads: Seen;
  readonly attempt: number;
  readonly attemptAt: number;
  readonly patienceOver: boolean;
  readonly stop: StopCause | null;
  /** Why a run that was stopped counts as failed. */
  readonly stopError: ErrorData | null;
  /** What the user has said since the run began. */
  readonly messages: readonly string[];
  /** The answer is wanted as soon as there is one. */
  readonly asked: boolean;
  /** A call that was due could not be paid for. */
  readonly broke: boolean;
  readonly runTimeUp: boolean;
  readonly feedback: { readonly reason: string; readonly instructions: string } | null;
  readonly selection: Selection | null;
  /** Who had won before the last restart. */
  readonly previousWinner: AgentId | null;
  /** What the winner presented, when it did; what will be final unless a restart follows. */
  readonly presented: { readonly agent: AgentId; readonly turn: number; readonly call: number; readonly text: string; readonly truncated: boolean; readonly toolCalls: readonly ToolCall[] } | null;
  readonly marks: readonly FinalMark[];
  readonly evaluated: { readonly verdict: 'submit' | 'restart'; readonly reason: string; readonly instructions: string } | null;
  readonly spent: Spent;
  readonly final: Final | null;
  readonly ending: Ending | null;
}

const NO_SETTINGS: RunSettings = {
  maxAnswersPerAgent: null,
  maxAnswersGlobal: null,
  novelty: 'lenient',
  sensitivity: 'lenient',
  fairness: { enabled: true, leadCap: 2 },
  skipVoting: false,
  skipPresentation: false,
  skipCoordination: false,
  injection: true,
  patience: true,
  strategy: 'auto',
  maxRestarts: 0,
  toolRounds: 50,
  limits: { totalMs: 1_800_000, firstTurnMs: null, laterTurnMs: null, graceMs: 120_000, idleMs: 120_000 },
  budget: { maxTokens: null, maxCostMicros: null },
  retry: { attempts: 4, baseMs: 500, maxMs: 60_000 },
};

export const EMPTY: RunState = {
  phase: 'idle',
  session: '',
  task: '',
  history: [],
  settings: NO_SETTINGS,
  request: {},
  fence: '',
  order: [],
  agents: {},
  heads: {},
  attempt: 1,
  attemptAt: 0,
  patienceOver: false,
  stop: null,
  stopError: null,
  messages: [],
  asked: false,
  broke: false,
  runTimeUp: false,
  feedback: null,
  selection: null,
  previousWinner: null,
  presented: null,
  marks: [],
  evaluated: null,
  spent: { tokens: 0, costMicros: 0, costKnown: true, estimated: false, usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 } },
  final: null,
  ending: null,
};

/** The agent's state; asking for an agent that is not in the run is a defect. */
export function agentOf(state: RunState, id: AgentId): AgentState {
  const agent = state.agents[id];
  if (agent === undefined) throw new Error(`no agent "${id}" in this run`);
  return agent;
}

export function agentList(state: RunState): readonly AgentState[] {
  const agents: AgentState[] = [];
  for (const id of state.order) agents.push(agentOf(state, id));
  return agents;
}

export const liveAgents = (state: RunState): readonly AgentState[] => agentList(state).filter((agent) => agent.failed === null);

/** Agents whose newest answer can win, config order; a failed agent's answer stays one. */
export const candidates = (state: RunState): readonly AgentState[] => agentList(state).filter((agent) => agent.revisions.length > 0);

export const newestRevision = (agent: AgentState): Revision | undefined => agent.revisions.at(-1);

export const answerLabel = (agent: AgentState, rev: number): string => `${agent.info.anonymous.replace('agent', 'answer')}.${String(rev)}`;

export const sameSeen = (one: Seen, other: Seen): boolean => {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
};

/** End of coordination: the time limit less the presentation's reserve, 20 % of it or a minute, whichever is shorter. */
export const coordinationDeadline = (settings: RunSettings): number => settings.limits.totalMs - Math.min(settings.limits.totalMs * 0.2, 60_000);

/** Half of this attempt's share of the time before the presentation's reserve. */
export const patienceEnd = (state: RunState): number => state.attemptAt + (coordinationDeadline(state.settings) - state.attemptAt) / 2;
