import type { Backend, BackendEvent, BackendRequest } from './contract.js';

export type FetchLike = typeof globalThis.fetch;

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One reply of a scripted backend. Times in seconds. */
export interface ScriptStep {
  readonly text?: string;
  readonly reasoning?: string;
  readonly tool?: ScriptTool;
  readonly tools?: readonly ScriptTool[];
  /** Short for a `new_answer` call with this content. */
  readonly answer?: string;
  /** Short for a `vote` call. */
  readonly vote?: string | { readonly agent: string; readonly reason?: string };
  /** Before the first event. */
  readonly delay?: number;
  /** Between pieces (words). */
  readonly pace?: number;
  readonly usage?: { readonly input?: number; readonly output?: number };
  readonly finish?: string;
  readonly fault?: string;
  /** How many pieces come before the fault; none by default. */
  readonly after?: number;
  /** What a fault says about retrying. */
  readonly retry_after?: number;
}

export interface ScriptTool {
  readonly name: string;
  /** An object is sent as JSON, a string verbatim. */
  readonly arguments?: unknown;
}

/** A parsed `backend:` block. Keys that no wire reads (workspaces, MCP, …) may be present and are ignored here. */
export interface BackendConfig {
  readonly type: string;
  readonly model?: string;
  readonly base_url?: string;
  /** A key, or `${VAR}` to take it from the environment. */
  readonly api_key?: string;
  readonly api?: 'responses' | 'chat';
  /** Port of a local server, when `base_url` is not given. */
  readonly port?: number;
  readonly organization?: string;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly reasoning?: { readonly effort?: string; readonly summary?: string };
  readonly text?: { readonly verbosity?: string };
  readonly parallel_tool_calls?: boolean;
  readonly service_tier?: string;
  readonly enable_web_search?: boolean;
  readonly enable_code_interpreter?: boolean;
  readonly enable_code_execution?: boolean;
  readonly enable_x_search?: boolean;
  /** How the vendor offers the agent's own tools to the model. */
  readonly enable_tool_search?: boolean;
  readonly tool_search_variant?: 'regex' | 'bm25';
  readonly enable_programmatic_flow?: boolean;
  /** Options of OpenRouter's web plugin. */
  readonly engine?: string;
  readonly max_results?: number;
  readonly search_prompt?: string;
  readonly search_context_size?: string;
  /** Beta features of Anthropic's API. */
  readonly betas?: readonly string[];
  /** `{type: enabled, budget_tokens}`, `{type: adaptive}` or `{type: disabled}`. */
  readonly thinking?: Readonly<Record<string, unknown>>;
  readonly disable_parallel_tool_use?: boolean;
  readonly enable_strict_tool_use?: boolean;
  readonly output_schema?: Readonly<Record<string, unknown>>;
  /** Gemini's own: `{thinking_budget, thinking_level, include_thoughts}`. */
  readonly thinking_config?: Readonly<Record<string, unknown>>;
  readonly include_thoughts?: boolean;
  readonly function_calling_mode?: string;
  readonly safety_settings?: readonly unknown[];
  /** Azure's. */
  readonly api_version?: string;
  readonly azure_endpoint?: string;
  readonly deployment_name?: string;
  /** Of backends that run a program: where it works, and what it may use. */
  readonly cwd?: string;
  readonly mcp_servers?: unknown;
  readonly allowed_tools?: readonly string[];
  readonly disallowed_tools?: readonly string[];
  readonly exclude_tools?: readonly string[];
  /** Claude Code's. */
  readonly permission_mode?: string;
  readonly max_thinking_tokens?: number;
  readonly system_prompt?: string;
  readonly append_system_prompt?: string;
  readonly use_default_prompt?: boolean;
  /** AG2's: one agent or a group of them, and the Python that has it. */
  readonly agent_config?: Readonly<Record<string, unknown>>;
  readonly group_config?: Readonly<Record<string, unknown>>;
  readonly python?: string;
  /** LM Studio's: what it may fetch unasked. */
  readonly auto_install?: boolean;
  readonly auto_download?: boolean;
  readonly rate_limit?: { readonly requests_per_minute?: number; readonly tokens_per_minute?: number; readonly concurrency?: number };
  readonly enable_rate_limit?: boolean;
  readonly top_k?: number;
  readonly repetition_penalty?: number;
  readonly separate_reasoning?: boolean;
  readonly chat_template_kwargs?: Readonly<Record<string, unknown>>;
  readonly enable_thinking?: boolean;
  /** Merged into the request body last. */
  readonly extra_body?: Readonly<Record<string, unknown>>;
  readonly extra_headers?: Readonly<Record<string, unknown>>;
  readonly price?: unknown;
  readonly script?: readonly ScriptStep[];
  readonly loop?: boolean;
}

/** Where and as whom a wire speaks: everything it may know, decided before the first call. */
export interface Endpoint {
  readonly id: string;
  readonly label: string;
  /** The agent this backend was made for, for messages to people. */
  readonly agent: string;
  readonly model: string;
  /** Without a trailing slash; empty for a backend that needs no network. */
  readonly baseUrl: string;
  /** Absent: no Authorization header is sent. */
  readonly apiKey?: string;
  /** What to do when the key is refused. */
  readonly keyRemedy: string;
  /** The host belongs to the vendor of the row: vendor-only parameters may be sent. */
  readonly ownHost: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Added to every address. */
  readonly query?: Readonly<Record<string, string>>;
  /** Of vendors whose addresses name a version of the API. */
  readonly apiVersion?: string;
  readonly config: BackendConfig;
  /** For wires that start a program or look for one; it goes to a child by `childEnvironment` only. */
  readonly env: Environment;
  readonly fetch: FetchLike;
}

/**
 * What a wire makes of an endpoint. `stream` yields what was said in batches (one per socket read); it may throw and
 * may leave out the terminal event: the caller turns both into exactly one.
 */
export interface Line {
  stream(request: BackendRequest, signal: AbortSignal): AsyncIterable<readonly BackendEvent[]>;
  /** Leaving its stream ends the request, and no listener of it stays on the signal: it needs none of its own. */
  readonly isLeavable?: true;
  complaint?: NonNullable<Backend['complaint']>;
}

/** One vendor dialect. Vendors' habits are arguments of the function that makes a wire, never guessed inside it. */
export type Wire = (endpoint: Endpoint) => Line;

/** A tool that runs at the vendor, by the key that turns it on. */
export type BuiltInTool = 'enable_web_search' | 'enable_code_execution' | 'enable_code_interpreter' | 'enable_x_search';

/** One kind of backend, as data. */
export interface BackendRow {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly label: string;
  readonly wire: Wire;
  /** The same vendor's other dialect, chosen by `api:`. */
  readonly otherWire?: { readonly api: 'responses' | 'chat'; readonly wire: Wire };
  /** What `openai` and `chatcompletion` speak at this vendor's address, where its own dialect is none of OpenAI's. */
  readonly compatibleWire?: Wire;
  readonly baseUrl?: string;
  /** The environment variable that holds the address, for vendors who give every customer another. */
  readonly addressEnv?: string;
  /** Version of the API where neither the configuration nor the variable says it. */
  readonly apiVersion?: { readonly env: string; readonly usual: string };
  /** Environment variables that may hold the key; the first that is set wins. */
  readonly keyEnvs: readonly string[];
  readonly keyRequired: boolean;
  readonly defaultModel?: string;
  /** Models by name, for people to choose from: any other is as good. */
  readonly models: readonly string[];
  /** What runs at the vendor. `varies`: as the provider behind the address has it. */
  readonly tools: readonly BuiltInTool[] | 'varies';
  /** Its models take images, most of them at least. */
  readonly images?: true;
  /** Host suffixes that belong to this vendor: its key is sent nowhere else. */
  readonly hosts: readonly string[];
  /** Runs on the user's own machine. */
  readonly local?: true;
  /** Finds its server at the first call, among those of other rows. */
  readonly looksAround?: true;
  /** Takes on the row that owns the host of `base_url`. */
  readonly adoptsHost?: true;
  /** Runs a program that has to be installed apart: nobody's choice unless named. */
  readonly program?: true;
  /** Speaks to models by addresses and keys of its own configuration. */
  readonly ownModels?: true;
  /** Needs no network at all. */
  readonly offline?: true;
  /** What `enable_rate_limit` keeps to, by the beginning of a model's name; the last for all others. */
  readonly freeLimits?: readonly { readonly models?: string; readonly limit: { readonly requestsPerMinute: number; readonly tokensPerMinute: number } }[];
  /** The vendor's id in the price data; absent where it has none. */
  readonly priceProvider?: string;
}
