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

/** What a backend block makes its provider be asked, from the configuration to the wire. */
export async function sentBy(block: Block): Promise<SentRequest> {
  const { config, issues } = checkConfig({ agent: { id: 'a', backend: block } }, {});
  if (config === undefined || issues.length > 0) throw new Error(JSON.stringify(issues));
  const [agent] = planRun(config).agents;
  const { fetch, sent } = replay({ body: recording('openai-chat/text.sse') });
  if (agent !== undefined) await collect(createBackend(agent.backend, { env: {}, fetch }), requestOf());
  const [request] = sent;
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

export interface Sent {
  /** Where the key is added. */
  readonly to: Block;
  readonly add: Block;
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
  port: [{ to: server, add: { port: 8123 }, url: 'http://localhost:8123/v1/chat/completions' }],
  organization: [{ to: responses, add: { organization: 'org-1' }, headers: { 'openai-organization': 'org-1' } }],
  extra_headers: [{ to: chat, add: { extra_headers: { 'X-One': 1 } }, headers: { 'x-one': '1' } }],
  api: [{ to: responses, add: { api: 'chat' }, url: 'https://api.openai.com/v1/chat/completions' }],
  temperature: both({ temperature: 0.25 }, { temperature: 0.25 }),
  top_p: both({ top_p: 0.5 }, { top_p: 0.5 }),
  max_tokens: both({ max_tokens: 77 }, { max_output_tokens: 77 }, { max_tokens: 77 }),
  stop: [{ to: chat, add: { stop: ['END'] }, body: { stop: ['END'] } }],
  seed: [{ to: chat, add: { seed: 7 }, body: { seed: 7 } }],
  presence_penalty: [{ to: chat, add: { presence_penalty: 1 }, body: { presence_penalty: 1 } }],
  frequency_penalty: [{ to: chat, add: { frequency_penalty: -1 }, body: { frequency_penalty: -1 } }],
  top_k: [{ to: server, add: { top_k: 5 }, body: { top_k: 5 } }],
  repetition_penalty: [{ to: server, add: { repetition_penalty: 1.1 }, body: { repetition_penalty: 1.1 } }],
  reasoning: both({ reasoning: { effort: 'low' } }, { reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }),
  'reasoning.effort': [{ to: openrouter, add: { reasoning: { effort: 'high' } }, body: { reasoning: { effort: 'high' } } }],
  'reasoning.summary': [{ to: responses, add: { reasoning: { summary: 'detailed' } }, body: { reasoning: { summary: 'detailed' } } }],
  text: [{ to: responses, add: { text: { verbosity: 'low' } }, body: { text: { verbosity: 'low' } } }],
  'text.verbosity': [{ to: { ...responses, api: 'chat' }, add: { text: { verbosity: 'low' } }, body: { verbosity: 'low' } }],
  parallel_tool_calls: both({ parallel_tool_calls: false }, { parallel_tool_calls: false }),
  enable_web_search: [
    { to: responses, add: { enable_web_search: true }, body: { tools: expectTools({ type: 'web_search' }) } },
    { to: openrouter, add: { enable_web_search: true }, body: { plugins: [{ id: 'web' }] } },
  ],
  enable_code_interpreter: [{ to: responses, add: { enable_code_interpreter: true }, body: { tools: expectTools({ type: 'code_interpreter' }) } }],
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
