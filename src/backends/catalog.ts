import type { BackendRow } from './spec.js';
import { openaiChat } from './wires/openai-chat.js';
import { openaiResponses } from './wires/openai-responses.js';
import { scripted } from './wires/scripted.js';

/**
 * Every kind of backend, one row each. A new one that speaks a wire we have is one more row here. Base URLs, key variables
 * and default models are the vendors' and MassGen's own; quirks are the wire's arguments.
 */
export const CATALOG: readonly BackendRow[] = [
  {
    id: 'openai',
    label: 'OpenAI',
    wire: openaiResponses(),
    otherWire: { api: 'chat', wire: openaiChat({ maxTokensField: 'max_completion_tokens', verbosity: true, cacheKey: true }) },
    baseUrl: 'https://api.openai.com/v1',
    keyEnvs: ['OPENAI_API_KEY'],
    keyRequired: true,
    defaultModel: 'gpt-5.2',
    hosts: ['api.openai.com'],
    adoptsHost: true,
    priceProvider: 'openai',
  },
  {
    id: 'chatcompletion',
    label: 'ChatCompletion',
    wire: openaiChat(),
    otherWire: { api: 'responses', wire: openaiResponses() },
    keyEnvs: [],
    keyRequired: false,
    hosts: [],
    adoptsHost: true,
  },
  {
    id: 'cerebras',
    label: 'Cerebras AI',
    wire: openaiChat(),
    baseUrl: 'https://api.cerebras.ai/v1',
    keyEnvs: ['CEREBRAS_API_KEY'],
    keyRequired: true,
    defaultModel: 'llama-3.3-70b',
    hosts: ['cerebras.ai'],
    priceProvider: 'cerebras',
  },
  {
    id: 'together',
    label: 'Together AI',
    wire: openaiChat(),
    baseUrl: 'https://api.together.xyz/v1',
    keyEnvs: ['TOGETHER_API_KEY'],
    keyRequired: true,
    defaultModel: 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8',
    hosts: ['together.xyz', 'together.ai'],
    priceProvider: 'together',
  },
  {
    id: 'fireworks',
    label: 'Fireworks AI',
    wire: openaiChat(),
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyEnvs: ['FIREWORKS_API_KEY'],
    keyRequired: true,
    defaultModel: 'accounts/fireworks/models/llama-v3p3-70b-instruct',
    hosts: ['fireworks.ai'],
    priceProvider: 'fireworks',
  },
  {
    id: 'groq',
    label: 'Groq',
    wire: openaiChat(),
    baseUrl: 'https://api.groq.com/openai/v1',
    keyEnvs: ['GROQ_API_KEY'],
    keyRequired: true,
    defaultModel: 'llama-3.3-70b-versatile',
    hosts: ['groq.com'],
    priceProvider: 'groq',
  },
  {
    id: 'openrouter',
    label: 'OpenRouter',
    wire: openaiChat({
      reasoningField: 'reasoning',
      keepReasoning: 'reasoning_details',
      webPlugin: true,
      // Makes it report what the call cost.
      extraBody: { usage: { include: true } },
    }),
    baseUrl: 'https://openrouter.ai/api/v1',
    keyEnvs: ['OPENROUTER_API_KEY'],
    keyRequired: true,
    hosts: ['openrouter.ai'],
    priceProvider: 'openrouter',
  },
  {
    id: 'moonshot',
    aliases: ['kimi'],
    label: 'Kimi',
    // Its thinking models refuse a forced tool, and a history without their thoughts.
    wire: openaiChat({ toolChoices: [], keepReasoning: 'reasoning_content' }),
    baseUrl: 'https://api.moonshot.cn/v1',
    keyEnvs: ['MOONSHOT_API_KEY', 'KIMI_API_KEY'],
    keyRequired: true,
    defaultModel: 'moonshot-v1-128k',
    hosts: ['moonshot.cn', 'moonshot.ai'],
    priceProvider: 'moonshotai',
  },
  {
    id: 'nebius',
    label: 'Nebius AI Studio',
    wire: openaiChat(),
    baseUrl: 'https://api.studio.nebius.ai/v1',
    keyEnvs: ['NEBIUS_API_KEY'],
    keyRequired: true,
    defaultModel: 'Qwen/Qwen3-4B-fast',
    hosts: ['studio.nebius.ai', 'nebius.com'],
  },
  {
    id: 'poe',
    label: 'POE',
    wire: openaiChat(),
    baseUrl: 'https://api.poe.com/v1',
    keyEnvs: ['POE_API_KEY'],
    keyRequired: true,
    hosts: ['poe.com'],
  },
  {
    id: 'qwen',
    label: 'Qwen',
    // Takes a named tool, but not `required`.
    wire: openaiChat({ toolChoices: ['named'] }),
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    keyEnvs: ['QWEN_API_KEY', 'DASHSCOPE_API_KEY'],
    keyRequired: true,
    defaultModel: 'qwen-max',
    // Not all of aliyuncs.com: its other names are customers' own machines.
    hosts: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', 'dashscope-us.aliyuncs.com', 'maas.aliyuncs.com'],
  },
  {
    id: 'zai',
    label: 'ZAI',
    // "Tool choice must be auto".
    wire: openaiChat({ toolChoices: [] }),
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyEnvs: ['ZAI_API_KEY'],
    keyRequired: true,
    defaultModel: 'glm-4.5',
    hosts: ['z.ai', 'bigmodel.cn'],
    priceProvider: 'zai',
  },
  // Servers on the user's own machine.
  {
    id: 'lmstudio',
    label: 'LM Studio',
    // "Invalid tool_choice type: 'object'".
    wire: openaiChat({ toolChoices: ['required'], samplers: true }),
    baseUrl: 'http://localhost:1234/v1',
    keyEnvs: [],
    keyRequired: false,
    hosts: [],
    local: true,
  },
  {
    id: 'vllm',
    label: 'vLLM',
    wire: openaiChat({ samplers: true }),
    baseUrl: 'http://localhost:8000/v1',
    keyEnvs: ['VLLM_API_KEY'],
    keyRequired: false,
    hosts: [],
    local: true,
  },
  {
    id: 'sglang',
    label: 'SGLang',
    wire: openaiChat({ samplers: true }),
    baseUrl: 'http://localhost:30000/v1',
    keyEnvs: ['SGLANG_API_KEY'],
    keyRequired: false,
    hosts: [],
    local: true,
  },
  {
    id: 'ollama',
    label: 'Ollama',
    wire: openaiChat({ toolChoices: [] }),
    baseUrl: 'http://localhost:11434/v1',
    keyEnvs: [],
    keyRequired: false,
    hosts: [],
    local: true,
  },
  // No network at all: demonstrations, examples, tests.
  {
    id: 'scripted',
    label: 'scripted',
    wire: scripted(),
    keyEnvs: [],
    keyRequired: false,
    defaultModel: 'scripted',
    hosts: [],
    offline: true,
  },
];

/** Backend types of MassGen for which there is no row yet: a config may name them, a run may not use them. */
export const KNOWN_BUT_ABSENT: readonly string[] = ['claude', 'claude_code', 'gemini', 'grok', 'azure_openai', 'ag2'];

/** The row of a `type`, by id or alias. */
export const rowOf = (type: string): BackendRow | undefined => CATALOG.find((row) => row.id === type || (row.aliases ?? []).includes(type));
