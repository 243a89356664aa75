import type { ImagePart, ReplyFormat, Sampling, ToolCall, ToolChoice, ToolSpec } from '../backends/contract.js';

/** A piece of a prompt: literal text, or a reference to something the log already holds. */
export type PromptPart =
  | string
  | { readonly ref: 'task' }
  | { readonly ref: 'history' }
  | { readonly ref: 'instructions' }
  /** The caller's instructions, its tools in words, and what has been said since the task. */
  | { readonly ref: 'caller' | 'tools' | 'trail' }
  | { readonly ref: 'answer'; readonly agent: string; readonly rev: number }
  /** The agent's own tools, by the place of their offer among its offers, from 0. */
  | { readonly ref: 'own-tools'; readonly offer: number }
  /** What the user said during the run, by its place among such messages, from 0. */
  | { readonly ref: 'message'; readonly index: number }
  /** What would be delivered: the presentation, else the winner's answer. */
  | { readonly ref: 'final' };

/** `history` and `trail` stand for the messages themselves, each in its own role. */
export type PromptMessage =
  | { readonly role: 'history' | 'trail'; readonly parts: readonly PromptPart[] }
  | { readonly role: 'system' | 'user'; readonly parts: readonly PromptPart[] }
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly parts: readonly PromptPart[] };

/** A message of the conversation that the question belongs to. */
export interface HistoryMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** Of a user. */
  readonly images?: readonly ImagePart[];
  /** Of an assistant. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool: the call it answers, and the tool's name. */
  readonly callId?: string;
  readonly name?: string;
}

/**
 * What whoever asks wants beside an answer to the task. Sampling, format and tools are of the reply that is delivered:
 * a single agent's, or the presentation of a team.
 */
export interface RunRequest {
  /** System and developer messages; every agent gets them after its own. */
  readonly instructions?: string;
  /** Belong to the task. */
  readonly images?: readonly ImagePart[];
  /** What has been said since the task: tool calls of an earlier answer and their results. */
  readonly trail?: readonly HistoryMessage[];
  readonly sampling?: Sampling;
  readonly format?: ReplyFormat;
  /** The caller's own tools: the one who delivers the answer may call them, and then the run ends with the calls. */
  readonly tools?: readonly ToolSpec[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  /** Kept in the log, sent nowhere. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
