import type { FinishReason, ImagePart, ProviderItem, ToolCall, ToolChoice, ToolSpec, Usage } from '../backends/contract.js';
import type { ErrorData } from '../errors.js';
import type { HistoryMessage, PromptMessage, RunRequest } from './prompt.js';

export type AgentId = string;

/** For each agent the revision number of its newest answer that something was based on; 0 is none. */
export type Seen = Readonly<Record<AgentId, number>>;

/** `answer`: a first answer. `vote`: vote or improve. `solo`: the only agent speaks. `present`: the winner presents. `evaluate`: somebody checks the result. */
export type TurnKind = 'answer' | 'vote' | 'solo' | 'present' | 'evaluate';

/** US dollars per million tokens, by kind of token. `null` prices elsewhere mean "unknown", never free. */
export interface Price {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
  /** Where the figures come from: `config`, `local` or the data package's name. */
  readonly source: string;
}

export interface AgentInfo {
  readonly id: AgentId;
  /** `agentK`, K the 1-based place of the id among the sorted ids. Never renumbered. */
  readonly anonymous: string;
  readonly backend: string;
  readonly model: string;
  readonly systemMessage: string;
  /** The agent may call tools besides the workflow's (its vendor's own, later MCP): a call may then not be forced to one tool. */
  readonly otherTools: boolean;
  /** It has tools that are run here: it is not called before they are offered. */
  readonly ownTools?: true;
  /** How many of them may run at once. */
  readonly parallelTools?: number;
  /** Folder that it works in. */
  readonly workspace?: string;
  /** Folder in which it sees what others work on, as `agentK`. */
  readonly peers?: string;
  /** The model takes images. */
  readonly sees?: boolean;
  readonly maxOutputTokens: number | null;
  readonly price: Price | null;
  /** Where what its calls cost is known from, if it is known. */
  readonly priceSource?: string;
}

export type Sensitivity = 'lenient' | 'balanced' | 'strict';
export type FinalStrategy = 'auto' | 'winner_reuse' | 'winner_present' | 'synthesize';

/** Everything that steers coordination. Times in ms of active run time. */
export interface RunSettings {
  readonly maxAnswersPerAgent: number | null;
  readonly maxAnswersGlobal: number | null;
  readonly novelty: Sensitivity;
  readonly sensitivity: Sensitivity;
  readonly fairness: { readonly enabled: boolean; readonly leadCap: number };
  readonly skipVoting: boolean;
  readonly skipPresentation: boolean;
  readonly skipCoordination: boolean;
  /** News may reach an agent between the calls of one turn. */
  readonly injection: boolean;
  /** Nobody votes while a live agent is in its first turn. */
  readonly patience: boolean;
  readonly strategy: FinalStrategy;
  readonly maxRestarts: number;
  /** So many replies of a turn may call tools of the agent's own. */
  readonly toolRounds: number;
  readonly limits: { readonly totalMs: number; readonly firstTurnMs: number | null; readonly laterTurnMs: number | null; readonly graceMs: number; readonly idleMs: number };
  readonly budget: { readonly maxTokens: number | null; readonly maxCostMicros: number | null };
  readonly retry: { readonly attempts: number; readonly baseMs: number; readonly maxMs: number };
}

export type { HistoryMessage, PromptMessage, PromptPart, RunRequest } from './prompt.js';

export interface TurnRef {
  readonly agent: AgentId;
  readonly turn: number;
}

export interface CallRef extends TurnRef {
  readonly call: number;
}

/** How a call of an agent's own tool ended. `refused`: a rule said no before anything was done. */
export type ToolStatus = 'ok' | 'failed' | 'refused' | 'timeout' | 'aborted';

/** What calls of models used, and their price where all of them have one. `estimated` where some provider did not say what it was. */
export interface Expense {
  readonly usage: Usage;
  readonly costMicros: number | null;
  readonly estimated?: true;
}

export type ToolSet = 'workflow' | 'evaluation' | 'caller' | 'none';
export type TurnOutcome = 'answer' | 'vote' | 'abstain' | 'nothing' | 'failed' | 'aborted' | 'presented' | 'evaluated';
export type RejectReason =
  | 'no_tool_calls'
  | 'no_workflow_tool'
  | 'vote_and_answer'
  | 'vote_no_answers'
  | 'invalid_vote_id'
  | 'invalid_arguments'
  | 'answer_empty'
  | 'answer_limit'
  | 'answer_novelty'
  | 'answer_duplicate'
  | 'reply_truncated'
  | 'reply_filtered'
  | 'format_unmet'
  | 'tool_limit';

export type Basis = 'current' | 'standing' | 'none';
export type FinalSource = 'winner' | 'presentation' | 'synthesis' | 'solo' | 'draft';
/** Why a final answer is less than it could be. */
export type FinalMark = 'time-limit' | 'budget' | 'cancelled' | 'draft' | 'presentation-failed' | 'truncated';
export type RunStatus = 'completed' | 'failed' | 'timeout' | 'cancelled';

/**
 * How one call ended. `draft` is what an aborted or failed call had written of an answer. Usage that the provider does not
 * report is estimated, but for a request that it turned away or never had: that used nothing.
 */
export interface CallResult {
  readonly end: 'finish' | 'error' | 'aborted';
  readonly reason?: FinishReason;
  readonly error?: ErrorData;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly items: readonly ProviderItem[];
  readonly usage: Usage;
  readonly usageSource: 'reported' | 'estimated';
  readonly draft?: string;
  /** Why the text is not in the form that was asked for. */
  readonly violation?: string;
}

export interface Tally {
  readonly agent: AgentId;
  readonly votes: number;
}

/** What happened, as coordination understands it. State is a fold of these; nothing else changes it. */
export type Fact =
  | {
      readonly type: 'run-start';
      readonly schema: 1;
      readonly engine: string;
      readonly session: string;
      readonly turn: number;
      readonly agents: readonly AgentInfo[];
      readonly task: string;
      readonly history: readonly HistoryMessage[];
      readonly settings: RunSettings;
      readonly request?: RunRequest;
      /** Random per run; stands around peers' text in prompts. */
      readonly fence: string;
      readonly config: unknown;
    }
  | ({ readonly type: 'turn-start'; readonly kind: TurnKind; readonly seen: Seen; readonly mayAnswer: boolean; readonly fresh: boolean } & TurnRef)
  | ({
      readonly type: 'call-start';
      /** Transport attempts of the same request, from 1. */
      readonly attempt: number;
      /** This agent's calls in the run, from 0. */
      readonly index: number;
      readonly seen: Seen;
      readonly mayAnswer: boolean;
      /** What this call adds to the agent's conversation. */
      readonly messages: readonly PromptMessage[];
      readonly tools: ToolSet;
      /** The agent's own tools are offered, too: those of its newest `tools-offer`. */
      readonly own?: true;
      readonly choice: ToolChoice;
      readonly reserved: { readonly tokens: number; readonly costMicros: number };
      readonly key: string;
    } & CallRef)
  | ({ readonly type: 'call-end'; readonly costMicros: number | null } & CallRef & CallResult)
  /** The tools of an agent's own from now on, under the names that its vendor is told, and what it has to know about them. */
  | { readonly type: 'tools-offer'; readonly agent: AgentId; readonly tools: readonly ToolSpec[]; readonly notes: readonly string[] }
  | ({ readonly type: 'tool-start'; readonly id: string; readonly name: string } & CallRef)
  /** The result of a call of the agent's own tool; without a `tool-start` it never ran. */
  | ({ readonly type: 'tool-end'; readonly id: string; readonly name: string; readonly status: ToolStatus; readonly text: string; readonly images?: readonly ImagePart[]; readonly durationMs: number; readonly spent?: Expense } & CallRef)
  /** The model has no room for the conversation: from now on it is shortened to `to` characters, from `from`, and the call made again. */
  | ({ readonly type: 'conversation-compact'; readonly from: number; readonly to: number } & CallRef)
  | ({ readonly type: 'retry-wait'; readonly attempt: number; readonly error: ErrorData; readonly until: number } & CallRef)
  | ({ readonly type: 'answer-accept'; readonly rev: number; readonly label: string; readonly text: string; readonly via: 'tool' | 'salvage' | 'draft' | 'solo'; readonly truncated?: true; readonly toolCalls?: readonly ToolCall[] } & TurnRef)
  | ({ readonly type: 'answer-reject'; readonly reason: RejectReason; readonly message: string } & CallRef)
  | ({ readonly type: 'vote-cast'; readonly target: AgentId; readonly rev: number; readonly label: string; readonly seen: Seen; readonly reason: string; readonly via: 'tool' | 'duplicate' } & TurnRef)
  | ({ readonly type: 'vote-abstain'; readonly seen: Seen; readonly why: string } & TurnRef)
  /** `why`: what made a presentation fail. */
  | ({ readonly type: 'turn-end'; readonly outcome: TurnOutcome; readonly why?: string } & TurnRef)
  | { readonly type: 'agent-fail'; readonly agent: AgentId; readonly error: ErrorData }
  /** `request`: somebody asked for the answer, and there is one. */
  | { readonly type: 'time-up'; readonly which: 'patience' | 'coordination' | 'request' | 'run' }
  | { readonly type: 'time-up'; readonly which: 'turn'; readonly agent: AgentId; readonly turn: number }
  | { readonly type: 'budget-reach'; readonly tokens: number; readonly costMicros: number }
  /** `error`: the run cannot go on for this reason, and fails. */
  | { readonly type: 'cancel-request'; readonly by: string; readonly error?: ErrorData }
  /** Coordination is to end as soon as there is an answer. */
  | { readonly type: 'answer-request'; readonly by: string }
  /** A message to all agents; each gets it with its next call. */
  | { readonly type: 'message-add'; readonly by: string; readonly text: string }
  | {
      readonly type: 'winner-select';
      readonly agent: AgentId;
      readonly rev: number;
      readonly label: string;
      readonly tally: readonly Tally[];
      readonly basis: Basis;
      readonly unanimous: boolean;
      readonly tie: boolean;
      readonly finish: 'reuse' | 'present' | 'synthesize';
    }
  | ({ readonly type: 'draft-discard' } & CallRef)
  | { readonly type: 'evaluation-end'; readonly agent: AgentId; readonly verdict: 'submit' | 'restart'; readonly reason: string; readonly instructions: string }
  | { readonly type: 'attempt-start'; readonly attempt: number; readonly reason: string; readonly instructions: string }
  | { readonly type: 'answer-final'; readonly agent: AgentId; readonly label: string; readonly text: string; readonly source: FinalSource; readonly marks: readonly FinalMark[]; readonly toolCalls?: readonly ToolCall[] }
  | {
      readonly type: 'run-end';
      readonly status: RunStatus;
      readonly error?: ErrorData;
      readonly usage: Usage;
      /** Usage and cost are so in part. */
      readonly estimated?: true;
      /** Millionths of a US dollar; null when some call's price is unknown. */
      readonly costMicros: number | null;
      readonly durationMs: number;
    };

/** For eyes only: no state depends on these. `of: 'answer'` is text read out of a `new_answer` call while it arrives. */
export type DisplayEvent =
  | ({ readonly type: 'text-delta'; readonly of: 'reply' | 'answer'; readonly text: string } & CallRef)
  | ({ readonly type: 'reasoning-delta'; readonly text: string } & CallRef)
  | ({ readonly type: 'provider-tool'; readonly id: string; readonly name: string; readonly status: 'start' | 'end'; readonly detail?: string } & CallRef)
  | ({ readonly type: 'tool-progress'; readonly id: string; readonly message: string } & CallRef)
  | ({ readonly type: 'citation'; readonly url: string; readonly title?: string } & CallRef)
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly message: string };

/** `seq` counts from 1 without gaps; `at` is wall time (ISO 8601); `t` is ms of active run time; `epoch` counts owners of the run. */
export interface Stamp {
  readonly seq: number;
  readonly at: string;
  readonly t: number;
  readonly epoch: number;
}

export type StampedFact = Fact & Stamp;
/** Plain JSON, the same on screen, on the wire and on disk. */
export type RunEvent = (Fact | DisplayEvent) & Stamp;
