/** A body that `responseRequestSchema` has accepted. */
export interface ResponseBody {
  readonly model?: string;
  readonly input?: string | readonly InputItem[];
  readonly instructions?: string;
  readonly previous_response_id?: string;
  readonly stream?: boolean;
  readonly background?: boolean;
  readonly store?: boolean;
  readonly tools?: readonly ResponseTool[];
  readonly tool_choice?: unknown;
  readonly parallel_tool_calls?: boolean;
  readonly text?: { readonly format?: TextFormat | null; readonly verbosity?: 'low' | 'medium' | 'high' | null };
  readonly reasoning?: { readonly effort?: string | null; readonly summary?: SummaryLevel | null; readonly generate_summary?: SummaryLevel | null };
  readonly max_output_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly top_logprobs?: number;
  readonly max_tool_calls?: number;
  readonly truncation?: 'auto' | 'disabled';
  readonly metadata?: Readonly<Record<string, string>>;
  readonly service_tier?: string;
  readonly user?: string;
  readonly safety_identifier?: string;
  readonly prompt_cache_key?: string;
  readonly conversation?: unknown;
  readonly prompt?: unknown;
  readonly massgen?: { readonly reasoning?: 'summary' | 'full' | 'off' };
}

type SummaryLevel = 'auto' | 'concise' | 'detailed';

export interface TextFormat {
  readonly type: 'text' | 'json_object' | 'json_schema';
  readonly name?: string;
  readonly description?: string | null;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly strict?: boolean | null;
}

export interface ResponseTool {
  readonly type: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly strict?: boolean | null;
}

/** An item of a conversation, of a request or of what was stored; which fields it has is said by its type. */
export interface InputItem {
  readonly type?: string | null;
  readonly id?: string | null;
  readonly role?: 'user' | 'assistant' | 'system' | 'developer' | null;
  readonly content?: string | readonly InputPart[] | null;
  readonly call_id?: string | null;
  readonly name?: string | null;
  readonly arguments?: string | null;
  readonly input?: string | null;
  readonly output?: string | readonly InputPart[] | null;
}

export interface InputPart {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly image_url?: unknown;
  readonly file_data?: string | null;
  readonly filename?: string | null;
  readonly file_id?: string | null;
  readonly file_url?: string | null;
}
