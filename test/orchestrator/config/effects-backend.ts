import type { BackendRequest } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';
import { collect, requestOf } from '../../support/backend-collect.js';
import { recording, replay, type SentRequest } from '../../support/backend-replay.js';

type Block = Readonly<Record<string, unknown>>;

const responses: Block = { type: 'openai', model: 'gpt-4o', api_key: 'k' };
const chat: Block = { type: 'groq', model: 'm', api_key: 'k' };
const openrouter: Block = { type: 'openrouter', model: 'm', api_key: 'k' };
const server: Block = { type: 'vllm', model: 'm' };
const claude: Block = { type: 'claude', model: 'claude-sonnet-4', api_key: 'k' };
const gemini: Block = { type: 'gemini', model: 'gemini-3-pro-preview', api_key: 'k' };
const grok: Block = { type: 'grok', model: 'grok-4', api_key: 'k' };
const azure: Block = { type: 'azure_openai', model: 'dep', api_key: 'k', base_url: 'https://x.openai.azure.com' };
/** A tool of the agent's own. */
const withOwn: Partial<BackendRequest> = { tools: [{ name: 'look', description: 'Looks', parameters: { type: 'object' }, own: true }] };
const searching: Block = { ...openrouter, enable_web_search: true };

/** What a backend block makes its provider be asked, from the configuration to the wire. */
export async function sentBy(block: Block, request: Partial<BackendRequest> = {}): Promise<SentRequest> {
  const { config, issues } = checkConfig({ agent: { id: 'a', backend: block } }, {});
  if (config === undefined || issues.length > 0) throw new Error(JSON.stringify(issues));
  const [agent] = planRun(config).agents;
  const { fetch, sent } = replay({ body: recording('openai-chat/text.sse') });
  if (agent !== undefined) await collect(createBackend(agent.backend, { env: {}, fetch }), requestOf(request));
  const [first] = sent;
  if (first === undefined) throw new Error('nothing was sent');
  return first;
}

export interface Sent {
  /** Where the key is added. */
  readonly to: Block;
  readonly add: Block;
  /** Of the call, where an ordinary one would not show it. */
  readonly request?: Partial<BackendRequest>;
  /** What the request then has and had not before. */
  readonly body?: Block;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

const both = (add: Block, inResponses: Block, inChat: Block = inResponses): readonly Sent[] => [
  { to: responses, add, body: inResponses },
  { to: chat, add, body: inChat },
];

/** Keys of `agents[].backend` that reach the provider, and how. */
export const sentKeys: Readonly<Record<string, readonly Sent[]>> = {
  model: [{ to: responses, add: { model: 'other' }, body: { model: 'other' } }],
  base_url: [{ to: chat, add: { base_url: 'http://127.0.0.1:9/v7' }, url: 'http://127.0.0.1:9/v7/chat/completions' }],
  api_key: [{ to: chat, add: { api_key: 'sesame' }, headers: { authorization: 'Bearer sesame' } }],
  azure_endpoint: [{ to: { type: 'azure_openai', model: 'd', api_key: 'k', base_url: 'https://x.openai.azure.com' }, add: { base_url: undefined, azure_endpoint: 'https://y.openai.azure.com' }, url: 'https://y.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-12-01-preview' }],
  api_version: [{ to: azure, add: { api_version: '2025-01-01' }, url: 'https://x.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2025-01-01' }],
  deployment_name: [{ to: azure, add: { deployment_name: 'other' }, url: 'https://x.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-12-01-preview' }],
  port: [{ to: server, add: { port: 8123 }, url: 'http://localhost:8123/v1/chat/completions' }],
  organization: [{ to: responses, add: { organization: 'org-1' }, headers: { 'openai-organization': 'org-1' } }],
  extra_headers: [{ to: chat, add: { extra_headers: { 'X-One': 1 } }, headers: { 'x-one': '1' } }],
  api: [{ to: responses, add: { api: 'chat' }, url: 'https://api.openai.com/v1/chat/completions' }],
  temperature: [
    ...both({ temperature: 0.25 }, { temperature: 0.25 }),
    { to: claude, add: { temperature: 0.25 }, body: { temperature: 0.25 } },
    { to: gemini, add: { temperature: 0.25 }, body: { generationConfig: { temperature: 0.25 } } },
  ],
  top_p: both({ top_p: 0.5 }, { top_p: 0.5 }),
  max_tokens: both({ max_tokens: 77 }, { max_output_tokens: 77 }, { max_tokens: 77 }),
  stop: [{ to: chat, add: { stop: ['END'] }, body: { stop: ['END'] } }, { to: claude, add: { stop: 'END' }, body: { stop_sequences: ['END'] } }, { to: gemini, add: { stop: 'END' }, body: { generationConfig: { stopSequences: ['END'] } } }],
  seed: [{ to: chat, add: { seed: 7 }, body: { seed: 7 } }, { to: gemini, add: { seed: 7 }, body: { generationConfig: { seed: 7 } } }],
  presence_penalty: [{ to: chat, add: { presence_penalty: 1 }, body: { presence_penalty: 1 } }],
  frequency_penalty: [{ to: chat, add: { frequency_penalty: -1 }, body: { frequency_penalty: -1 } }],
  top_k: [
    { to: server, add: { top_k: 5 }, body: { top_k: 5 } },
    { to: claude, add: { top_k: 5 }, body: { top_k: 5 } },
    { to: gemini, add: { top_k: 5 }, body: { generationConfig: { topK: 5 } } },
  ],
  repetition_penalty: [{ to: server, add: { repetition_penalty: 1.1 }, body: { repetition_penalty: 1.1 } }],
  reasoning: both({ reasoning: { effort: 'low' } }, { reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }),
  'reasoning.effort': [{ to: openrouter, add: { reasoning: { effort: 'high' } }, body: { reasoning: { effort: 'high' } } }],
  'reasoning.summary': [{ to: responses, add: { reasoning: { summary: 'detailed' } }, body: { reasoning: { summary: 'detailed' } } }],
  thinking: [
    { to: claude, add: { thinking: { type: 'enabled', budget_tokens: 2000 } }, body: { thinking: { type: 'enabled', budget_tokens: 2000 } } },
    { to: gemini, add: { thinking: { budget_tokens: 2000 } }, body: { generationConfig: { thinkingConfig: { thinkingBudget: 2000 } } } },
  ],
  thinking_config: [{ to: gemini, add: { thinking_config: { thinking_level: 'low' } }, body: { generationConfig: { thinkingConfig: { thinkingLevel: 'low' } } } }],
  include_thoughts: [{ to: { ...gemini, reasoning: { effort: 'low' } }, add: { include_thoughts: false }, body: { generationConfig: { thinkingConfig: { includeThoughts: false } } } }],
  function_calling_mode: [{ to: gemini, add: { function_calling_mode: 'ANY' }, body: { toolConfig: { functionCallingConfig: { mode: 'ANY' } } } }],
  safety_settings: [{ to: gemini, add: { safety_settings: [{ category: 'C', threshold: 'T' }] }, body: { safetySettings: [{ category: 'C', threshold: 'T' }] } }],
  betas: [{ to: claude, add: { betas: ['a', 'b'] }, headers: { 'anthropic-beta': 'a,b' } }],
  disable_parallel_tool_use: [{ to: claude, add: { disable_parallel_tool_use: true }, body: { tool_choice: { disable_parallel_tool_use: true } } }],
  enable_tool_search: [
    { to: claude, add: { enable_tool_search: true }, request: withOwn, body: { tools: expectTools({ type: 'tool_search_tool_regex_20251119' }) } },
    { to: responses, add: { enable_tool_search: true }, request: withOwn, body: { tools: expectTools({ type: 'tool_search' }) } },
  ],
  tool_search_variant: [{ to: { ...claude, enable_tool_search: true }, add: { tool_search_variant: 'bm25' }, request: withOwn, body: { tools: expectTools({ type: 'tool_search_tool_bm25_20251119' }) } }],
  enable_programmatic_flow: [
    { to: claude, add: { enable_programmatic_flow: true }, request: withOwn, body: { tools: expectTools({ type: 'code_execution_20260120' }) } },
    { to: responses, add: { enable_programmatic_flow: true }, request: withOwn, body: { tools: expectTools({ type: 'programmatic_tool_calling' }) } },
  ],
  enable_strict_tool_use: [{ to: claude, add: { enable_strict_tool_use: true }, body: { tools: expectTools({ strict: true }) } }],
  output_schema: [{ to: claude, add: { output_schema: { type: 'object' } }, request: { tools: [] }, body: { output_config: { format: { schema: { type: 'object' } } } } }],
  engine: [{ to: searching, add: { engine: 'native' }, body: { plugins: [{ engine: 'native' }] } }],
  max_results: [{ to: searching, add: { max_results: 2 }, body: { plugins: [{ max_results: 2 }] } }],
  search_prompt: [{ to: searching, add: { search_prompt: 'look' }, body: { plugins: [{ search_prompt: 'look' }] } }],
  search_context_size: [{ to: searching, add: { search_context_size: 'low' }, body: { web_search_options: { search_context_size: 'low' } } }],
  enable_x_search: [{ to: grok, add: { enable_x_search: true }, body: { tools: expectTools({ type: 'x_search' }) } }],
  enable_code_execution: [
    { to: claude, add: { enable_code_execution: true }, body: { tools: expectTools({ type: 'code_execution_20250825' }) } },
    { to: gemini, add: { enable_code_execution: true }, body: { tools: expectTools({ codeExecution: {} }) } },
  ],
  text: [{ to: responses, add: { text: { verbosity: 'low' } }, body: { text: { verbosity: 'low' } } }],
  'text.verbosity': [{ to: { ...responses, api: 'chat' }, add: { text: { verbosity: 'low' } }, body: { verbosity: 'low' } }],
  parallel_tool_calls: both({ parallel_tool_calls: false }, { parallel_tool_calls: false }),
  enable_web_search: [
    { to: responses, add: { enable_web_search: true }, body: { tools: expectTools({ type: 'web_search' }) } },
    { to: openrouter, add: { enable_web_search: true }, body: { plugins: [{ id: 'web' }] } },
    { to: claude, add: { enable_web_search: true }, body: { tools: expectTools({ type: 'web_search_20250305' }) } },
    { to: gemini, add: { enable_web_search: true }, body: { tools: expectTools({ googleSearch: {} }) } },
    { to: grok, add: { enable_web_search: true }, body: { tools: expectTools({ type: 'web_search' }) } },
  ],
  enable_code_interpreter: [
    { to: azure, add: { enable_code_interpreter: true }, body: { tools: expectTools({ type: 'code_interpreter' }) } },
    { to: responses, add: { enable_code_interpreter: true }, body: { tools: expectTools({ type: 'code_interpreter' }) } },
  ],
  service_tier: both({ service_tier: 'flex' }, { service_tier: 'flex' }),
  enable_thinking: [{ to: server, add: { enable_thinking: false }, body: { chat_template_kwargs: { enable_thinking: false } } }],
  separate_reasoning: [{ to: server, add: { separate_reasoning: true }, body: { separate_reasoning: true } }],
  chat_template_kwargs: [{ to: server, add: { chat_template_kwargs: { x: 1 } }, body: { chat_template_kwargs: { x: 1 } } }],
  extra_body: both({ extra_body: { anything: [1] } }, { anything: [1] }),
  extra_args: both({ extra_args: { anything: [1] } }, { anything: [1] }),
};

/** The first tool is the provider's own. */
function expectTools(first: Block): { readonly first: Block } {
  return { first };
}
