import type { BackendRow } from '../spec.js';
import { openaiChat } from '../wires/openai-chat.js';
import { scripted } from '../wires/scripted.js';

/** Servers on the user's own machine, and the backend that needs none. */
export const LOCAL: readonly BackendRow[] = [
  {
    id: 'lmstudio',
    label: 'LM Studio',
    // "Invalid tool_choice type: 'object'".
    wire: openaiChat({ toolChoices: ['required'], samplers: true }),
    baseUrl: 'http://localhost:1234/v1',
    keyEnvs: [],
    keyRequired: false,
    models: [],
    tools: [],
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
    models: [],
    tools: [],
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
    models: [],
    tools: [],
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
    models: [],
    tools: [],
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
    models: ['scripted'],
    tools: [],
    hosts: [],
    offline: true,
  },
];
