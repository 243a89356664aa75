/** A part of a message. */
interface ModelPart {
  readonly type: string;
  readonly text?: string;
}

export interface ModelMessage {
  readonly role: string;
  readonly content?: string | readonly ModelPart[] | null;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

/** As much of JSON Schema as the model understands. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
}

export interface ModelTool {
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: Schema };
}

/** The body of a request for a chat completion. */
export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ModelTool[];
  readonly tool_choice?: string | { readonly function?: { readonly name?: string } };
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: Schema } };
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly reasoning_effort?: string | null;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a body; undefined: nothing. What the model cannot do it refuses rather than leaves out. */
export function faultOf(body: unknown): { readonly message: string; readonly param: string } | undefined {
  if (!isObject(body)) return { message: 'the body must be an object', param: '' };
  const { messages, logprobs, n = 1 } = body;
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every((message) => isObject(message) && typeof message['role'] === 'string')) return { message: 'messages must be a list of messages', param: 'messages' };
  if (logprobs === true) return { message: 'log probabilities are not given', param: 'logprobs' };
  if (n !== 1 && n !== null) return { message: 'n must be 1', param: 'n' };
  return undefined;
}
