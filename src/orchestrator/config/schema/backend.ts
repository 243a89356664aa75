import { backendTypes } from './backend-types.js';
import { ownToolKeys } from './own-tools.js';
import { plannedIn } from './planned.js';
import { stepSchema } from './script.js';
import { backendToolKeys } from './tool-keys.js';
import type { Schema, Trait } from './types.js';
import { agentFileKeys } from './workspaces.js';

const provider = 'the provider’s';
const online = ['chat', 'responses', 'anthropic', 'gemini'] as const satisfies readonly Trait[];
const callable = [...online, 'claude-code'] as const satisfies readonly Trait[];
const openai = ['chat', 'responses'] as const satisfies readonly Trait[];
const words = ['chat', 'anthropic', 'gemini'] as const satisfies readonly Trait[];
const samplers = ['samplers'] as const satisfies readonly Trait[];
const script = ['script'] as const satisfies readonly Trait[];

const fee = (description: string) => ({ type: 'number', minimum: 0, description, 'x-default': 'the built-in price list’s' }) as const satisfies Schema;

const price = {
  type: 'object',
  description: 'What the model costs, in US dollars per million tokens. Stands in for the built-in price list.',
  properties: {
    input: { type: 'number', minimum: 0, description: 'Input tokens.', examples: [0.25] },
    output: { type: 'number', minimum: 0, description: 'Output tokens, reasoning included.', examples: [2] },
    cached_input: { type: 'number', minimum: 0, description: 'Input tokens that the provider read from its cache.', 'x-default': 'the `input` price' },
    tools: { type: 'object', description: 'What one use of the provider’s own tools costs, in US dollars.', properties: { web_search: fee('A search of the web.'), x_search: fee('A search on X.'), code_interpreter: fee('A container of the code interpreter.') }, additionalProperties: false },
  },
  required: ['input', 'output'],
  additionalProperties: false,
} as const satisfies Schema;

const connection = {
  type: { enum: backendTypes, description: 'Which provider to call.', examples: ['openai'] },
  model: { type: 'string', pattern: '\\S', 'x-message': 'must not be empty', description: 'The model’s name at the provider; `auto` for `vllm`, `sglang` and `ollama` is the first one that the server has.', 'x-default': 'the backend’s default model' },
  base_url: {
    type: 'string',
    pattern: '^(https?://[^\\s/]|\\$\\{|auto$)',
    'x-message': 'must be a URL that starts with http:// or https://',
    description: 'Where the API is, for a server of your own or a compatible provider. `auto` looks for `vllm` and `sglang` at ports 8000 and 30000.',
    'x-default': 'the backend’s own',
    'x-reach': callable,
  },
  api_key: {
    type: 'string',
    description: 'The key. Write `${NAME}` and keep the key itself in the environment or in `.env`.',
    'x-default': 'the backend’s environment variable',
    'x-reach': callable,
  },
  port: { type: 'integer', minimum: 1, maximum: 65535, description: 'The port of a model server on this machine, where there is no `base_url`.', 'x-default': 'the server’s usual one', 'x-reach': ['local'] },
  organization: { type: 'string', description: 'The organization that an OpenAI key acts for.', 'x-default': '`OPENAI_ORG_ID`', 'x-reach': ['account'] },
  extra_headers: { type: 'object', description: 'More headers of the provider’s request.', 'x-default': 'none', 'x-reach': online },
  api: { enum: ['responses', 'chat'], description: 'Which of OpenAI’s two interfaces to speak, where a backend has both.', 'x-default': 'the backend’s own', 'x-reach': openai },
} as const satisfies Record<string, Schema>;

const sampling = {
  temperature: { type: 'number', minimum: 0, maximum: 2, description: 'Randomness of the words chosen.', 'x-default': provider, 'x-reach': online },
  top_p: { type: 'number', minimum: 0, maximum: 1, description: 'Only the likeliest words up to this total probability are chosen from.', 'x-default': provider, 'x-reach': online },
  max_tokens: { type: 'integer', minimum: 1, description: 'Most tokens one reply may have. A budget sets this many aside for each call, 2048 where the key is missing.', 'x-default': provider },
  stop: { type: ['string', 'array'], items: { type: 'string' }, description: 'A reply ends before this text, or any of these.', 'x-default': 'none', 'x-reach': words },
  seed: { type: 'integer', description: 'Makes sampling repeatable, as far as the provider can.', 'x-default': 'none', 'x-reach': ['chat', 'gemini'] },
  presence_penalty: { type: 'number', minimum: -2, maximum: 2, description: 'Above 0: fewer words that already came up.', 'x-default': provider, 'x-reach': ['chat', 'gemini'] },
  frequency_penalty: { type: 'number', minimum: -2, maximum: 2, description: 'Above 0: fewer words that came up often.', 'x-default': provider, 'x-reach': ['chat', 'gemini'] },
  top_k: { type: 'integer', minimum: 1, description: 'Only this many of the likeliest words are chosen from.', 'x-default': provider, 'x-reach': [...samplers, 'anthropic', 'gemini'] },
  repetition_penalty: { type: 'number', minimum: 0, description: 'Above 1: less repetition.', 'x-default': provider, 'x-reach': samplers },
  reasoning: {
    type: 'object',
    description: 'How much a reasoning model thinks, such as `{effort: low, summary: auto}`.',
    'x-default': provider,
    'x-reach': callable,
    properties: {
      effort: { type: 'string', description: 'How long it thinks: `minimal`, `low`, `medium`, `high`, or what else the model knows.' },
      summary: { type: 'string', description: 'Whether it sums up its thoughts: `auto`, `concise` or `detailed`.', 'x-reach': ['responses', 'web-plugin'] },
    },
    additionalProperties: true,
  },
  text: {
    type: 'object',
    description: 'How the reply is worded, such as `{verbosity: low}`.',
    'x-default': provider,
    'x-reach': ['responses', 'verbosity'],
    properties: { verbosity: { type: 'string', description: 'Length of the reply: `low`, `medium` or `high`.' } },
    additionalProperties: true,
  },
} as const satisfies Record<string, Schema>;

const extras = {
  service_tier: { type: 'string', description: 'The provider’s speed or price class.', 'x-default': provider, 'x-reach': [...openai, 'anthropic'] },
  enable_thinking: { type: 'boolean', description: 'For a model server: turns thinking on or off.', 'x-default': provider, 'x-reach': samplers },
  separate_reasoning: { type: 'boolean', description: 'For a model server: keep reasoning apart from the reply.', 'x-default': provider, 'x-reach': samplers },
  chat_template_kwargs: { type: 'object', description: 'For a model server: arguments of the model’s chat template.', 'x-default': 'none', 'x-reach': samplers },
  extra_body: { type: 'object', description: 'Any other fields of the provider’s request, sent as they are.', 'x-default': 'none', 'x-reach': online },
  extra_args: { type: 'object', description: 'The same as `extra_body`, which wins where both have a field.', 'x-default': 'none', 'x-reach': online },
} as const satisfies Record<string, Schema>;

const tools = {
  parallel_tool_calls: { type: 'boolean', description: 'Whether the model may call several tools at once.', 'x-default': provider, 'x-reach': [...openai, 'anthropic'] },
  enable_web_search: { type: 'boolean', description: 'The provider’s own web search.', 'x-default': 'false', 'x-reach': ['web-search'] },
  enable_code_interpreter: { type: 'boolean', description: 'OpenAI’s own code interpreter.', 'x-default': 'false', 'x-reach': ['interpreter'] },
} as const satisfies Record<string, Schema>;

const vendors = {
  enable_code_execution: { type: 'boolean', description: 'The provider’s own code execution.', 'x-default': 'false', 'x-reach': ['code-execution'] },
  enable_x_search: { type: 'boolean', description: 'The provider’s own search on X.', 'x-default': 'false', 'x-reach': ['grok'] },
  enable_tool_search: { type: 'boolean', description: 'The model finds the agent’s own tools (MCP and the like) by the provider’s search, instead of being told of all of them.', 'x-default': 'false', 'x-reach': ['own-tools'] },
  tool_search_variant: { enum: ['regex', 'bm25'], description: 'How Claude searches for tools.', 'x-default': '`regex`', 'x-reach': ['anthropic'] },
  enable_programmatic_flow: { type: 'boolean', description: 'The agent’s own tools are called from code that the model writes and the provider runs.', 'x-default': 'false', 'x-reach': ['own-tools'] },
  thinking: { type: 'object', description: 'How long the model thinks, as Anthropic writes it: `{type: enabled, budget_tokens: 4096}`, `{type: adaptive}` or `{type: disabled}`.', 'x-default': provider, 'x-reach': ['anthropic', 'gemini'] },
  betas: { type: 'array', items: { type: 'string' }, description: 'Beta features of Anthropic’s API.', 'x-default': 'none', 'x-reach': ['anthropic'] },
  disable_parallel_tool_use: { type: 'boolean', description: 'One tool at a time.', 'x-default': 'false', 'x-reach': ['anthropic'] },
  enable_strict_tool_use: { type: 'boolean', description: 'Hold tool arguments to their schema.', 'x-default': 'false', 'x-reach': ['anthropic'] },
  output_schema: { type: 'object', description: 'JSON Schema of a reply in words; where tools carry the answer it does not hold.', 'x-default': 'none', 'x-reach': ['anthropic'] },
  thinking_config: { type: 'object', description: 'How long Gemini thinks: `thinking_budget` or `thinking_level`, and `include_thoughts`.', 'x-default': provider, 'x-reach': ['gemini'] },
  include_thoughts: { type: 'boolean', description: 'Whether Gemini tells its thoughts.', 'x-default': 'true where the model can', 'x-reach': ['gemini'] },
  function_calling_mode: { enum: ['AUTO', 'ANY', 'NONE'], description: 'Whether Gemini must call tools, where the team leaves it the choice.', 'x-default': 'AUTO', 'x-reach': ['gemini'] },
  safety_settings: { type: 'array', items: { type: 'object' }, description: 'What Gemini filters: `{category, threshold}` each.', 'x-default': provider, 'x-reach': ['gemini'] },
  azure_endpoint: { type: 'string', description: 'Where the Azure resource is: `base_url` by another name.', 'x-default': '`AZURE_OPENAI_ENDPOINT`', 'x-reach': ['azure'] },
  api_version: { type: 'string', description: 'Version of Azure’s API.', 'x-default': '`AZURE_OPENAI_API_VERSION`, else 2024-12-01-preview', 'x-reach': ['azure'] },
  deployment_name: { type: 'string', description: 'The deployment, if it is not called like `model`.', 'x-default': '`model`', 'x-reach': ['azure'] },
  engine: { enum: ['exa', 'native'], description: 'Who searches the web for OpenRouter.', 'x-default': provider, 'x-reach': ['web-plugin'] },
  max_results: { type: 'integer', minimum: 1, description: 'How many pages are found.', 'x-default': provider, 'x-reach': ['web-plugin'] },
  search_prompt: { type: 'string', description: 'What the model is told of the pages.', 'x-default': provider, 'x-reach': ['web-plugin'] },
  search_context_size: { enum: ['low', 'medium', 'high'], description: 'How much of them it reads.', 'x-default': provider, 'x-reach': ['web-plugin'] },
} as const satisfies Record<string, Schema>;

const claudeCode = ['claude-code'] as const satisfies readonly Trait[];
const ag2 = ['ag2'] as const satisfies readonly Trait[];
const lmstudio = ['lmstudio'] as const satisfies readonly Trait[];

/** Of backends that run a program. */
const programs = {
  system_prompt: { type: 'string', description: 'A coding agent’s own system prompt, put before its instructions.', 'x-default': 'none; for `claude_code`' },
  append_system_prompt: { type: 'string', description: 'Added to a coding agent’s system prompt.', 'x-default': 'none; for `claude_code`' },
  use_default_prompt: { type: 'boolean', description: 'Keep a coding agent’s own system prompt.', 'x-default': 'false', 'x-reach': claudeCode },
  permission_mode: { enum: ['default', 'acceptEdits', 'bypassPermissions', 'plan'], description: 'What a coding agent may do unasked. What it would have to ask for is not done.', 'x-default': '`acceptEdits`', 'x-reach': claudeCode },
  max_thinking_tokens: { type: 'integer', minimum: 0, description: 'Most tokens spent on thinking.', 'x-default': '8000', 'x-reach': claudeCode },
  agent_config: { type: 'object', description: 'One AG2 agent: `type`, `name`, `system_message`, `llm_config`, `code_execution_config`.', 'x-default': 'none', 'x-reach': ag2 },
  group_config: { type: 'object', description: 'A group of AG2 agents: `llm_config`, `agents`, `pattern`, `max_rounds`, `user_agent`.', 'x-default': 'none', 'x-reach': ag2 },
  python: { type: 'string', description: 'The Python that has AG2.', 'x-default': '`MASSGEN_PYTHON`, else `python3`', 'x-reach': ag2 },
  auto_install: { type: 'boolean', description: 'Install what the backend needs without asking.', 'x-default': 'false', 'x-reach': lmstudio },
  auto_download: { type: 'boolean', description: 'Download the model without asking.', 'x-default': 'false', 'x-reach': lmstudio },
} as const satisfies Record<string, Schema>;

const limits = {
  rate_limit: {
    type: 'object',
    description: 'How much may be asked at most; agents with the same backend, model, key and limit share it. A call that has to wait says so.',
    'x-default': 'no limit',
    'x-reach': [...callable, 'ag2'],
    properties: {
      requests_per_minute: { type: 'integer', minimum: 1, description: 'Calls in a minute.', 'x-default': 'no limit' },
      tokens_per_minute: { type: 'integer', minimum: 1, description: 'Tokens in a minute, those of the replies too; estimated first, set right when a call has ended.', 'x-default': 'no limit' },
      concurrency: { type: 'integer', minimum: 1, description: 'Calls at once.', 'x-default': 'no limit' },
    },
    additionalProperties: false,
  },
  enable_rate_limit: { type: 'boolean', description: 'Keep to the limits of the free tier, where there is no `rate_limit`.', 'x-default': 'false', 'x-reach': ['gemini'] },
} as const satisfies Record<string, Schema>;

const nothing = { not: {} } as const;

// Everywhere else these would silently do nothing with what may be the whole role of an agent.
const ownPrompt = {
  if: { properties: { type: { const: 'claude_code' } } },
  else: { properties: { system_prompt: nothing, append_system_prompt: nothing }, description: 'write the agent’s "system_message"' },
} as const satisfies Schema;

/** One model behind one provider. Keys without a value are left to the backend, so nothing here is filled in. */
export const backendSchema = {
  type: 'object',
  description: 'The model that speaks for the agent, and how to call it.',
  examples: ['{type: openai, model: gpt-5-nano}'],
  properties: {
    ...connection,
    ...sampling,
    ...tools,
    ...extras,
    ...vendors,
    ...programs,
    ...limits,
    ...backendToolKeys,
    ...agentFileKeys,
    ...ownToolKeys,
    price,
    script: { type: 'array', items: stepSchema, description: 'The replies, in the order of the agent’s calls.', 'x-reach': script },
    loop: { type: 'boolean', description: 'Start again after the last step instead of failing.', 'x-default': 'false', 'x-reach': script },
    ...plannedIn('backend'),
  },
  allOf: [ownPrompt],
  required: ['type'],
  additionalProperties: false,
} as const satisfies Schema;
