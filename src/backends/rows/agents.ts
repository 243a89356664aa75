import type { BackendRow } from '../spec.js';
import { pythonBridge } from '../wires/ag2/ag2.js';
import { agentProcess } from '../wires/claude-code/claude-code.js';

/** Agents with tools of their own, in a process of their own. */
export const AGENTS: readonly BackendRow[] = [
  {
    id: 'claude_code',
    label: 'Claude Code',
    wire: agentProcess(),
    baseUrl: 'https://api.anthropic.com',
    keyEnvs: ['CLAUDE_CODE_API_KEY', 'ANTHROPIC_API_KEY'],
    // Without one, the login of the user's own Claude Code.
    keyRequired: false,
    defaultModel: 'claude-opus-4-5',
    models: ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-sonnet-4-20250514'],
    tools: [],
    images: true,
    hosts: ['api.anthropic.com'],
    program: true,
    priceProvider: 'anthropic',
  },
  {
    id: 'ag2',
    aliases: ['autogen'],
    label: 'AG2',
    wire: pythonBridge(),
    // Those of its models are looked up by the wire, each for its own vendor.
    keyEnvs: [],
    keyRequired: false,
    defaultModel: 'ag2',
    models: [],
    tools: [],
    images: true,
    hosts: [],
    program: true,
    ownModels: true,
  },
];
