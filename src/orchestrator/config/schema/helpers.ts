import { backendSchema } from './backend.js';
import type { Schema } from './types.js';

const helperKeys = {
  id: {
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$',
    'x-message': 'must be letters, digits, dots, dashes and underscores, at most 50, and begin with a letter or digit',
    description: 'The agent’s name: it is asked by the tool `agent__ID`.',
    examples: ['critic'],
  },
  backend: backendSchema,
  system_message: { type: 'string', description: 'Who the agent is: role, tone, expertise.', 'x-default': 'none' },
  description: { type: 'string', description: 'What the agent that asks is told of it.', 'x-default': 'nothing' },
  system_prompt: { description: 'write it as "system_message"', not: {}, 'x-status': 'rejected' },
} as const satisfies Record<string, Schema>;

const outermost = 'Agents that this one may ask, as tools `agent__ID`: ids of the team, or agents of their own with `id`, `backend`, `system_message`, `description` and again `subagent_agents`, three deep at most. What they cost counts in the budget of the run.';

const list = <const Item extends Schema>(items: Item, description: string) => ({ type: 'array', items, description, 'x-default': 'none' }) as const;
const helper = <const Below extends Schema>(below: Below) =>
  ({ type: ['string', 'object'], description: 'The id of one of the team, or an agent that is written here.', properties: { ...helperKeys, subagent_agents: below }, required: ['id', 'backend'], additionalProperties: false }) as const;

const noFurther = { description: 'agents ask agents 3 deep at most', not: {}, 'x-status': 'rejected' } as const satisfies Schema;
const below = 'Agents that this one may ask in turn.';

/** Agents that an agent may ask, and these others: as deep as `readHelpers` follows them. */
export const helpersSchema = list(helper(list(helper(list(helper(noFurther), below)), below)), outermost);
