import { agentSchema } from './agent.js';
import { orchestratorSchema } from './orchestrator.js';
import { plannedIn } from './planned.js';
import { serveSchema } from './serve.js';
import { timeoutSchema, uiSchema } from './surroundings.js';
import { rootToolKeys } from './tool-keys.js';
import type { FromSchema, Schema } from './types.js';

const outdated = (instead: string) => ({ description: instead, not: {}, deprecated: true, 'x-status': 'rejected' }) as const;

/** The whole configuration file. Everything else about the language is generated from this value. */
export const configSchema = {
  type: 'object',
  title: 'massgen configuration',
  description: 'A team of agents and how it works.',
  properties: {
    agents: { type: 'array', items: agentSchema, minItems: 1, description: 'The team. Either this or `agent`.', examples: ['[{id: a, backend: {type: openai}}]'] },
    agent: agentSchema,
    prompt: { type: 'string', pattern: '\\S', 'x-message': 'must not be empty', description: 'The question, when none is given elsewhere.' },
    session_id: { type: 'string', pattern: '\\S', 'x-message': 'must not be empty', description: 'The session that the question continues, as `massgen run --session-id` takes it: an id, a directory or `latest`.', examples: ['latest'] },
    orchestrator: orchestratorSchema,
    timeout_settings: timeoutSchema,
    ui: uiSchema,
    serve: serveSchema,
    ...rootToolKeys,
    ...plannedIn('root'),
    models: outdated('list the models as agents, under "agents"'),
    model_configs: outdated('give each agent its settings, under "agents[].backend"'),
    num_agents: outdated('list the agents, under "agents"'),
    max_rounds: outdated('use "orchestrator.max_new_answers_per_agent"'),
    consensus_threshold: outdated('agents vote until they agree; use "orchestrator.voting_sensitivity"'),
    voting_enabled: outdated('use "orchestrator.skip_voting"'),
    enable_voting: outdated('use "orchestrator.skip_voting"'),
  },
  patternProperties: { '^x-': { description: 'Anything, for anchors to share between agents.' } },
  oneOf: [{ required: ['agents'] }, { required: ['agent'] }],
  additionalProperties: false,
} as const satisfies Schema;

/** A configuration that has passed the schema, defaults filled in. */
export type Config = FromSchema<typeof configSchema>;
export type AgentConfig = FromSchema<typeof agentSchema>;
