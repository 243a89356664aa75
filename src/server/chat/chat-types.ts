/** A body that `chatRequestSchema` has accepted. */
export interface ChatBody {
  readonly model?: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly n?: number;
  readonly logprobs?: boolean;
  readonly reasoning_effort?: string;
  readonly verbosity?: string;
  readonly user?: string | Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly response_format?: { readonly type: 'text' | 'json_object' | 'json_schema'; readonly json_schema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>>; readonly strict?: boolean | null } };
  readonly tools?: readonly ChatTool[];
  readonly tool_choice?: unknown;
  readonly parallel_tool_calls?: boolean;
  readonly massgen?: { readonly reasoning?: 'summary' | 'full' | 'off' };
}

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function';
  readonly content?: string | readonly ChatPart[] | null;
  /** In place of content, where the model refused. */
  readonly refusal?: string | null;
  readonly name?: string | null;
  readonly tool_calls?: readonly ChatToolCall[] | null;
  readonly tool_call_id?: string | null;
}

export interface ChatPart {
  readonly type: string;
  readonly text?: string | null;
  readonly refusal?: string | null;
  readonly image_url?: string | { readonly url?: unknown } | null;
}

export interface ChatToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ChatTool {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description?: string | null; readonly parameters?: Readonly<Record<string, unknown>> | null; readonly strict?: boolean | null };
}
