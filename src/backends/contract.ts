import type { ErrorData } from '../errors.js';

/** How often a tool that runs at the vendor was used, where the vendor charges for each use, and what that cost in millionths of a US dollar, where it is known. */
export interface ToolFee {
  readonly uses: number;
  readonly costMicros?: number;
}

/** Token counts of one call. Cached and cache-write tokens are part of `inputTokens`, reasoning tokens part of `outputTokens`. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  /** The vendor's own tools, by name. */
  readonly tools?: Readonly<Record<string, ToolFee>>;
  /** What the vendor says the call cost, tools included, in millionths of a US dollar. */
  readonly costMicros?: number;
  /** Who answered, where it was not the backend that was asked first. */
  readonly by?: { readonly backend: string; readonly model: string };
}

/** A tool call as the model made it; `argumentsText` is verbatim, valid JSON or not. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** A vendor's opaque output item (encrypted reasoning, signatures), tagged with the wire that made it. Replayed verbatim by that wire only. */
export interface ProviderItem {
  readonly wire: string;
  readonly item: unknown;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'aborted';

/**
 * What a backend says about one call: zero or more middle events, then exactly one terminal event
 * (`finish` or `error`). Nothing is thrown once `stream` has been called, and nothing follows the terminal event.
 * Neighbouring deltas of one kind may be joined (one per socket read). An abort ends with `finish`, reason `aborted`.
 * `tool-call-end` repeats id and name and carries the whole arguments text; calls may interleave.
 * `usage` may come more than once: the last one counts. `waiting` says that the call goes on although nothing is heard of
 * it, with a message for people at first and an empty one again and again; `unsent` until the provider is asked.
 * `refused`: nobody has worked on the request, which never arrived or was turned away before any reply. It costs nothing.
 */
export type BackendEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly id: string; readonly argumentsText: string }
  | ({ readonly type: 'tool-call-end' } & ToolCall)
  | { readonly type: 'provider-tool'; readonly id: string; readonly name: string; readonly status: 'start' | 'end'; readonly detail?: string }
  | { readonly type: 'citation'; readonly url: string; readonly title?: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'waiting'; readonly message: string; readonly unsent?: true }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly items?: readonly ProviderItem[] }
  | { readonly type: 'error'; readonly error: ErrorData; readonly refused?: true };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of a caller's tool: whether arguments must follow the schema to the letter, at vendors that can hold a model to it. */
  readonly strict?: boolean;
  /** The agent's own, for the work itself: a vendor may leave it to be found by a search, or have it called from code. */
  readonly own?: true;
}

/** `required`: some tool; a name: that tool. A wire whose vendor cannot force a tool falls back to `auto`. */
export type ToolChoice = 'auto' | 'required' | 'none' | { readonly name: string };

export interface ImagePart {
  readonly type: 'image';
  readonly mediaType: string;
  readonly base64: string;
}

export type ContentPart = { readonly type: 'text'; readonly text: string } | ImagePart;

export type Message =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly content: string | readonly ContentPart[] }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[]; readonly items: readonly ProviderItem[] }
  /** `images` are what the tool showed; a wire whose vendor takes text only as a result shows them right behind it. */
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly text: string; readonly images?: readonly ImagePart[] };

/** How one reply is to be sampled, by the names of the configuration, which it goes before. A wire sends what its vendor takes and leaves out the rest. */
export interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly max_tokens?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  /** Who asks, in the caller's own words. */
  readonly user?: string;
  /** How much the model is to think: `none`, `minimal`, `low`, `medium`, `high`, … For models that are known to take it, and those whose configuration has `reasoning`. */
  readonly effort?: string;
  /** Of the reply's tokens, how many the model may think: for models that take a number, which goes before `effort`. */
  readonly thinking_budget?: number;
  /** How long the reply is to be: `low`, `medium` or `high`; likewise. */
  readonly verbosity?: string;
  /** What becomes of a conversation that is too long, where the vendor can cut it. */
  readonly truncation?: 'auto' | 'disabled';
}

/** The form a reply's text must have: any JSON object, or one that a JSON Schema accepts. */
export type ReplyFormat =
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly name: string; readonly schema: Readonly<Record<string, unknown>>; readonly strict: boolean };

/** One call. `callIndex` counts an agent's calls in this run from 0; a scripted backend answers by it. */
export interface BackendRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  readonly callIndex: number;
  readonly sampling?: Sampling;
  readonly format?: ReplyFormat;
  /** Whether one reply may hold several tool calls; the vendor's own habit if absent. */
  readonly parallelToolCalls?: boolean;
  /** Identifies this call across a resume; sent as `Idempotency-Key` where the vendor takes one. */
  readonly idempotencyKey?: string;
  /** Same for all calls that share a prompt prefix; a routing hint for the vendor's prompt cache. */
  readonly cacheKey?: string;
  /** So many ms it may be held back before it is sent, where its provider is known not to answer now; none if absent. */
  readonly waitMs?: number;
}

/** One configured model behind one wire. */
export interface Backend {
  /** The row's id, for people: `openai`, `groq`, `scripted`. */
  readonly id: string;
  readonly model: string;
  stream(request: BackendRequest, signal: AbortSignal): AsyncIterable<BackendEvent>;
  /** What is wrong with being asked so many times in a run that completed (scripts only). */
  complaint?(calls: number): ErrorData | undefined;
}
