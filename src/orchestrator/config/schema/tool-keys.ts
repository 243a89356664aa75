import { withTools } from './traits-with-tools.js';
import type { Schema, Trait } from './types.js';

const withServers = [...withTools, 'claude-code'] as const satisfies readonly Trait[];

const hooks = {
  type: 'object',
  description: 'Programs and modules that are asked before a tool runs (`PreToolUse`) and given its result (`PostToolUse`); see [tools.md](tools.md).',
  'x-default': 'none',
} as const satisfies Schema;

const approval = {
  type: ['string', 'object'],
  description: 'Whether tools may run unasked: `auto`, `ask` (the user at the terminal; no where there is none) or `deny`; or a map of these by name, glob or `effects:outside`, of which the first that matches holds. Of the team’s word and the agent’s own the stricter one counts.',
  'x-default': 'auto',
} as const satisfies Schema;

/** Of a backend block: the agent's MCP servers, and which tools it has. */
export const backendToolKeys = {
  mcp_servers: { type: ['array', 'object'], items: { type: 'object' }, description: 'MCP servers whose tools the agent may call: a list with names, or a map; see [tools.md](tools.md).', 'x-default': 'none', 'x-reach': withServers },
  allowed_tools: { type: 'array', items: { type: 'string' }, description: 'The only tools the agent has, by name or glob.', 'x-default': 'all', 'x-reach': withServers },
  exclude_tools: { type: 'array', items: { type: 'string' }, description: 'Tools the agent does not have, by name or glob, whatever is allowed.', 'x-default': 'none', 'x-reach': withServers },
  disallowed_tools: { type: 'array', items: { type: 'string' }, description: 'The same as `exclude_tools`; both hold.', 'x-default': 'none', 'x-reach': withServers },
  concurrent_tool_execution: { type: 'boolean', description: 'Whether several tools that were called at once run at once.', 'x-default': 'true', 'x-reach': withTools },
  max_concurrent_tools: { type: 'integer', minimum: 1, description: 'How many tools of one agent run at once.', 'x-default': '10', 'x-reach': withTools },
  hooks: { ...hooks, description: 'The agent’s own hooks, after those of the team.', 'x-reach': withTools },
} as const satisfies Record<string, Schema>;

export const agentToolKeys = {
  tools: { type: ['string', 'array'], items: { type: 'string' }, description: 'The only tools the agent has: `minimal`, `coding`, `research` or `full` (see [agents.md](agents.md)), or a list of names, with `SERVER__TOOL` for those of an MCP server.', 'x-default': 'all that are configured' },
  tool_approval: approval,
} as const satisfies Record<string, Schema>;

export const orchestratorToolKeys = {
  tool_approval: approval,
  max_tool_rounds: { type: 'integer', minimum: 1, default: 50, description: 'So many replies of one turn may call the agent’s own tools; then it is told to finish.' },
} as const satisfies Record<string, Schema>;

export const coordinationToolKeys = {
  subagent_default_timeout: { type: 'number', exclusiveMinimum: 0, maximum: 86400, default: 300, description: 'Seconds that an agent of `subagent_agents` has for one task.' },
  enable_planning_mode: { type: 'boolean', default: false, description: 'Agents only plan what changes something outside their workspaces, and the one that presents the final answer does it.' },
  planning_mode_instruction: { type: 'string', description: 'What agents are told of planning mode.', 'x-default': 'that such tools wait for the final answer' },
  planning_mode_blocked_tools: { type: 'array', items: { type: 'string' }, description: 'In planning mode: tools that wait although they are said to read only, by name or glob.', 'x-default': 'none' },
  planning_mode_allowed_tools: { type: 'array', items: { type: 'string' }, description: 'In planning mode: tools that do not wait although they may change something.', 'x-default': 'none' },
} as const satisfies Record<string, Schema>;

export const rootToolKeys = { hooks } as const satisfies Record<string, Schema>;
