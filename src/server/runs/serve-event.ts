import type { ErrorData } from '../../errors.js';
import type { CallResult, RunEvent, RunResult } from '../../orchestrator/index.js';

export type ServedToolCall = NonNullable<Extract<RunEvent, { type: 'answer-final' }>['toolCalls']>[number];

/** Of one call. */
export type CallUsage = CallResult['usage'];

/** What an answer has something from. The title may be empty. */
export interface Source {
  readonly url: string;
  readonly title: string;
}

/** `content_filter`: the provider's filter ended the text, of which a part had come. */
export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/**
 * What a run says to a client of any dialect, in order: reasoning before content, citations behind it, one `done` or `failed`, last.
 * `delivered`: what the call that wrote the answer used; the result has what all calls did.
 * `whose` of a tool call: `agent`, made and answered by an agent here; `caller`, for the caller to make.
 */
export type ServeEvent =
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'content'; readonly text: string }
  | { readonly type: 'citation'; readonly source: Source }
  | { readonly type: 'tool-call'; readonly index: number; readonly call: ServedToolCall; readonly whose: 'agent' | 'caller' }
  | { readonly type: 'done'; readonly finish: Finish; readonly result: RunResult; readonly delivered: CallUsage }
  | { readonly type: 'failed'; readonly error: ErrorData };

/** A whole reply, for clients that do not stream. */
export interface ServedReply {
  readonly content: string;
  readonly reasoning: string;
  readonly sources: readonly Source[];
  readonly toolCalls: readonly ServedToolCall[];
  /** Of agents, made here. */
  readonly agentToolCalls: readonly ServedToolCall[];
  readonly finish: Finish;
  readonly result: RunResult;
  readonly delivered: CallUsage;
}
