import type { ImagePart, ToolCall, ToolSpec } from '../../backends/contract.js';
import type { AgentId, Expense, ToolStatus } from '../protocol.js';

/**
 * What running a tool may change. `none`: it only reads. `workspace`: at most the agent's own workspace.
 * `outside`: anything else, and whatever is not known to be less: a server's silence is no promise.
 */
export type ToolEffects = 'none' | 'workspace' | 'outside';

/** What a tool is told of the call that it runs for. */
export interface ToolContext {
  readonly agent: AgentId;
  readonly callId: string;
  /** Of this call alone. Its abort means that nobody waits for the result any more. */
  readonly signal: AbortSignal;
  /** The agent is delivering: a single agent at work, or the winner presenting. What waits for the end may be done now. */
  readonly delivering: boolean;
  /** What is left of the run's budget, for a tool that spends; absent when it has none. */
  readonly left?: { readonly tokens: number | null; readonly costMicros: number | null };
  /** Says how far a long call is, for people. */
  readonly progress: (message: string) => void;
  /** What models have cost that this call has called, all of it each time. Who has said it once is still heard for a moment after an abort. */
  readonly spent: (total: Expense) => void;
}

/** What a tool gave that is no text: a picture, a sound, a document. */
export interface ToolFile {
  readonly mediaType: string;
  readonly base64: string;
  /** What its maker calls it, in plain words. */
  readonly name?: string;
  /** It is among the images, too. */
  readonly isShown: boolean;
}

/** What a tool answers. `failed` marks an answer that says what went wrong. */
export interface ToolOutcome {
  readonly text: string;
  readonly images?: readonly ImagePart[];
  /** To be kept for whoever goes on with them. */
  readonly files?: readonly ToolFile[];
  readonly failed?: true;
}

/** One thing an agent can do besides speaking. */
export interface Tool {
  /** Unique among the agent's tools, as people write it: `read_file`, `mcp__github__create_issue`. A toolbox makes it legal for vendors. */
  readonly name: string;
  /** Further names that filters, approvals and profiles know it by: its bare name, a family's alias. */
  readonly aliases: readonly string[];
  readonly description: string;
  /** JSON Schema of the arguments object. */
  readonly parameters: ToolSpec['parameters'];
  readonly effects: ToolEffects;
  /** Instead of the toolbox's own limit. */
  readonly timeoutMs?: number;
  /** A rejection is a failed outcome with the error's message. */
  run(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolOutcome>;
}

/** Where tools come from: a server, a workspace, a file of the user's. */
export interface ToolSource {
  readonly tools: () => readonly Tool[];
  /** What the agent has to know about them: a server that is down, where its workspace is. */
  readonly notes: () => readonly string[];
  /** Calls back when `tools` or `notes` have changed. */
  readonly onChange?: (listener: () => void) => void;
  /** Ends what it holds: processes with their groups, connections. Never rejects. */
  readonly close: () => Promise<void>;
}

/** Opens a source; rejects only for what the user has to mend in the configuration. */
export type OpenToolSource = (signal: AbortSignal) => Promise<ToolSource>;

/** How a call of a tool ended, as the agent is told it. */
export interface ToolResult {
  readonly status: ToolStatus;
  readonly text: string;
  readonly images?: readonly ImagePart[];
  /** What models cost that the tool called, however it ended. */
  readonly spent?: Expense;
}

/** All tools of one agent, under names that its vendor takes. */
export interface Toolbox {
  readonly tools: () => readonly ToolSpec[];
  readonly notes: () => readonly string[];
  readonly onChange: (listener: () => void) => void;
  /** Never rejects; an abort settles it at once, or as soon as a tool that spends has said how much it was, within two seconds. */
  readonly call: (call: ToolCall, context: Omit<ToolContext, 'callId' | 'spent'>) => Promise<ToolResult>;
  readonly close: () => Promise<void>;
}

/**
 * A rule about calls, asked before a tool runs: planning mode, approvals, hooks. Says why not; or null; or with which
 * arguments instead. A rule that itself fails refuses.
 */
export type ToolRule = (tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext) => Promise<ToolVerdict> | ToolVerdict;
export type ToolVerdict = string | null | { readonly args: Readonly<Record<string, unknown>> };

/** What is made of an outcome before the agent is told it. */
export type ToolAfter = (tool: Tool, args: Readonly<Record<string, unknown>>, outcome: ToolOutcome, context: ToolContext) => Promise<ToolOutcome>;
