import type { AgentId, Basis, FinalMark, FinalSource, RunStatus, TurnKind, TurnOutcome } from '../../protocol.js';

/**
 * How a turn stands. `running`: its process lives or lived a moment ago. `crashed`: the log stops and nobody writes it any more.
 * `unreadable`: there is nothing that can be read. `unknown`: what is there does not say.
 */
export type TurnStatus = RunStatus | 'running' | 'crashed' | 'unreadable' | 'unknown';

/** What was read: our events; the files beside them, as MassGen in Python writes them too; or nothing. */
export type TurnSource = 'events' | 'files' | 'nothing';

/** One question and its run. These shapes are what `--json` prints: names stay, more may come. Seconds count from the turn's start; money is in US dollars, null where unknown. */
export interface TurnSummary {
  readonly turn: number;
  readonly directory: string;
  readonly source: TurnSource;
  readonly status: TurnStatus;
  readonly question: string | null;
  readonly agents: readonly AgentId[];
  /** Whose answer was delivered; null until it was. */
  readonly winner: AgentId | null;
  /** ISO 8601. */
  readonly started_at: string | null;
  /** Wall time; of a turn that is running, so far. */
  readonly duration_seconds: number | null;
  readonly cost: number | null;
  /** Why it did not complete, or cannot be read. */
  readonly error: string | null;
  readonly session_id: string | null;
}

/** A session directory. Status, question, agents and winner are the newest turn's; duration and cost are sums over all turns. */
export interface SessionSummary {
  /** The directory's name. */
  readonly id: string;
  readonly directory: string;
  readonly status: TurnStatus;
  readonly question: string | null;
  readonly agents: readonly AgentId[];
  readonly winner: AgentId | null;
  readonly started_at: string | null;
  readonly duration_seconds: number | null;
  readonly cost: number | null;
  readonly turns: readonly TurnSummary[];
}

export interface FinalAnswer {
  readonly agent: AgentId;
  readonly label: string;
  readonly source: FinalSource | null;
  readonly marks: readonly FinalMark[];
  readonly text: string;
}

export interface AnswerReport {
  readonly label: string;
  readonly agent: AgentId;
  readonly seconds: number | null;
  /** The agent's newest. */
  readonly current: boolean;
  readonly text: string;
}

export interface VoteReport {
  readonly voter: AgentId;
  /** Null for an abstention. */
  readonly target: AgentId | null;
  readonly label: string | null;
  readonly reason: string;
  readonly seconds: number | null;
  /** `counted` chose the winner; `open` would, if it were chosen now; `superseded` counts no more. */
  readonly standing: 'counted' | 'open' | 'superseded';
}

export interface VoteOutcome {
  readonly winner: AgentId;
  readonly counts: Readonly<Record<AgentId, number>>;
  readonly total: number;
  readonly basis: Basis | null;
  readonly unanimous: boolean;
  readonly tie: boolean;
}

export interface TokenCounts {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Part of the input. */
  readonly cached_input_tokens: number;
  /** Part of the output. */
  readonly reasoning_tokens: number;
}

export interface AgentReport extends TokenCounts {
  readonly agent: AgentId;
  readonly anonymous: string | null;
  readonly backend: string | null;
  readonly model: string | null;
  readonly state: 'waiting' | 'working' | 'unanswered' | 'answered' | 'voted' | 'abstained' | 'failed';
  readonly winner: boolean;
  readonly answers: number;
  readonly votes: number;
  readonly rounds: number;
  readonly calls: number;
  readonly retries: number;
  readonly call_seconds: number;
  readonly cost: number | null;
  readonly error: string | null;
}

/** One turn of an agent: a first answer, a vote, a presentation, a check. */
export interface RoundReport extends TokenCounts {
  readonly agent: AgentId;
  readonly round: number;
  readonly kind: TurnKind | null;
  /** Null while it runs, or when the log stops before its end. */
  readonly outcome: TurnOutcome | null;
  readonly start_seconds: number;
  readonly end_seconds: number | null;
  readonly calls: number;
  readonly cost: number | null;
}

export interface TimelineEntry {
  readonly seconds: number;
  readonly agent: AgentId | null;
  /** The event's type. */
  readonly event: string;
  readonly text: string;
}

export interface ErrorReport {
  readonly seconds: number | null;
  readonly agent: AgentId | null;
  /** `retried`: a call that was made again. `reply`: a reply that could not be taken. */
  readonly kind: 'call' | 'retried' | 'reply' | 'agent' | 'run' | 'warning';
  /** A code of the table of errors, or why a reply was not taken. */
  readonly code: string | null;
  readonly message: string;
}

export interface ToolReport {
  readonly tool: string;
  /** `workflow`: new_answer, vote and their like. `own`: run here for the agent; `mcp`: those of MCP servers among them. */
  readonly kind: 'provider' | 'workflow' | 'mcp' | 'own' | 'other';
  readonly agents: readonly AgentId[];
  readonly calls: number;
  readonly failures: number;
  /** Null where no time was taken. */
  readonly total_seconds: number | null;
}

export interface CallTimes {
  readonly calls: number;
  readonly total_seconds: number;
  readonly average_seconds: number | null;
  /** From a call's start to its first word. */
  readonly average_first_word_seconds: number | null;
}

export interface Problem {
  /** In events.jsonl, from 1; null when it is about something else. */
  readonly line: number | null;
  readonly message: string;
}

/** Everything that is known of a turn. */
export interface TurnReport extends TurnSummary {
  /** The program: `massgen/0.1.0`. */
  readonly written_by: string | null;
  /** Runs of the turn, more than one after a restart. */
  readonly attempts: number;
  readonly final_answer: FinalAnswer | null;
  readonly vote_results: VoteOutcome | null;
  readonly answers: readonly AnswerReport[];
  readonly votes: readonly VoteReport[];
  readonly per_agent: readonly AgentReport[];
  readonly rounds: readonly RoundReport[];
  /** Rounds by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly timeline: readonly TimelineEntry[];
  readonly tools: readonly ToolReport[];
  readonly errors: readonly ErrorReport[];
  readonly totals: TokenCounts & { readonly total_tokens: number; readonly cost: number | null };
  readonly call_times: CallTimes & { readonly by_backend: Readonly<Record<string, CallTimes>> };
  /** Parts that a turn has and this directory lacks. */
  readonly missing: readonly string[];
  /** What was wrong with what was read. */
  readonly problems: readonly Problem[];
}

export interface SessionReport {
  readonly id: string;
  readonly directory: string;
  /** How many turns the session has; `turns` may hold a choice of them. */
  readonly turn_count: number;
  readonly turns: readonly TurnReport[];
}

