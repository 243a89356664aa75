import { backendSchema } from './backend.js';
import { helpersSchema } from './helpers.js';
import { plannedIn } from './planned.js';
import { agentToolKeys } from './tool-keys.js';
import type { Schema } from './types.js';

/** One member of the team. */
export const agentSchema = {
  type: 'object',
  description: 'One agent: a model and the role it plays.',
  properties: {
    id: {
      type: 'string',
      pattern: '^[^\\s./\\\\\\u0000-\\u001f\\u007f]([^/\\\\\\u0000-\\u001f\\u007f]{0,98}[^\\s/\\\\\\u0000-\\u001f\\u007f])?$',
      'x-message': 'must be 1 to 100 characters, without slashes or control characters, not beginning with a dot or a space nor ending with a space',
      description: 'The agent’s name, unique in the team. Its files and its line on the screen carry it.',
      'x-default': '`agent1`, `agent2`, … with a warning',
    },
    backend: backendSchema,
    fallback: { type: 'array', items: backendSchema, description: 'Backends, each written like `backend`, of which the next takes over when a call fails before it has said anything.', 'x-default': 'none' },
    system_message: { type: 'string', description: 'Who the agent is: role, tone, expertise.', 'x-default': 'none' },
    description: { type: 'string', description: 'What the server’s list of models says of the agent.', 'x-default': 'nothing' },
    ...agentToolKeys,
    subagent_agents: helpersSchema,
    ...plannedIn('agent'),
    system_prompt: { description: 'write it as "system_message"', not: {}, 'x-status': 'rejected' },
  },
  required: ['backend'],
  additionalProperties: false,
} as const satisfies Schema;
