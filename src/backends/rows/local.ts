import type { BackendRow } from '../spec.js';
import { discovering } from '../wires/discovering.js';
import { AUTO_MODEL, anyServer } from '../wires/local/any-server.js';
import { lmStudio } from '../wires/local/lm-studio.js';
import { openaiChat } from '../wires/openai-chat.js';
import { scripted } from '../wires/scripted.js';

/** Where vLLM and SGLang listen when nothing is said. */
const INFERENCE_PORTS = [8000, 30_000];

/** Servers on the user's own machine, and the backend that needs none. */
export const LOCAL: readonly BackendRow[] = [
  {
    id: 'lmstudio',
    label: 'LM Studio',
    // "Invalid tool_choice type: 'object'".
    wire: lmStudio(openaiChat({ toolChoices: ['required'], samplers: true })),
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
    wire: discovering(openaiChat({ samplers: true }), INFERENCE_PORTS),
    baseUrl: 'http://localhost:8000/v1',
    keyEnvs: ['VLLM_API_KEY'],
    keyRequired: false,
    defaultModel: 'auto',
    models: [],
    tools: [],
    hosts: [],
    local: true,
  },
  {
    id: 'sglang',
    label: 'SGLang',
    wire: discovering(openaiChat({ samplers: true }), INFERENCE_PORTS),
    baseUrl: 'http://localhost:30000/v1',
    keyEnvs: ['SGLANG_API_KEY'],
    keyRequired: false,
    defaultModel: 'auto',
    models: [],
    tools: [],
    hosts: [],
    local: true,
  },
  {
    id: 'inference',
    label: 'vLLM or SGLang',
    wire: anyServer(openaiChat({ samplers: true }), ['http://localhost:8000/v1', 'http://localhost:30000/v1']),
    baseUrl: 'http://localhost:8000/v1',
    keyEnvs: ['VLLM_API_KEY', 'SGLANG_API_KEY'],
    keyRequired: false,
    defaultModel: AUTO_MODEL,
    models: [],
    tools: [],
    hosts: [],
    local: true,
    looksAround: true,
  },
  {
    id: 'ollama',
    label: 'Ollama',
    wire: discovering(openaiChat({ toolChoices: [] }), []),
    baseUrl: 'http://localhost:11434/v1',
    keyEnvs: [],
    keyRequired: false,
    defaultModel: 'auto',
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
