/** A part of a message that `messagesRequestSchema` has accepted. */
export interface InputBlock {
  readonly type: string;
  readonly text?: string;
  readonly source?: string | BlockSource;
  readonly title?: string | null;
  readonly context?: string | null;
  readonly id?: string;
  readonly name?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly tool_use_id?: string;
  readonly is_error?: boolean | null;
  readonly content?: string | readonly InputBlock[] | null;
}

export interface BlockSource {
  readonly type: string;
  readonly media_type?: string | null;
  readonly data?: string;
  readonly content?: string | readonly InputBlock[];
}

export interface InputMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly InputBlock[];
}

export interface InputTool {
  readonly type?: string | null;
  readonly name?: string;
  readonly description?: string | null;
  readonly input_schema?: Readonly<Record<string, unknown>>;
}

interface Form {
  readonly type: 'json_schema';
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A body that `countTokensRequestSchema` has accepted. */
export interface CountTokensBody {
  readonly model: string;
  readonly messages: readonly InputMessage[];
  readonly system?: string | readonly InputBlock[];
  readonly tools?: readonly InputTool[];
  readonly tool_choice?: { readonly type: 'auto' | 'any' | 'tool' | 'none'; readonly name?: string; readonly disable_parallel_tool_use?: boolean | null };
  readonly thinking?: { readonly type: 'enabled' | 'adaptive' | 'disabled' | 'between_tools'; readonly budget_tokens?: number; readonly display?: 'summarized' | 'omitted' | null };
  readonly output_config?: { readonly format?: Form | null; readonly effort?: string | null };
  readonly output_format?: Form;
}

/** A body that `messagesRequestSchema` has accepted. */
export interface MessagesBody extends CountTokensBody {
  readonly max_tokens: number;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly metadata?: Readonly<Record<string, unknown>> & { readonly user_id?: string | null };
  readonly stream?: boolean;
  readonly thread?: object;
  readonly massgen?: { readonly reasoning?: 'summary' | 'full' | 'off' };
}
