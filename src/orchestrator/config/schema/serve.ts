import type { Schema } from './types.js';

const none = 'none';

/** The HTTP server around a team. A flag or a variable of `massgen serve` goes before what stands here. */
export const serveSchema = {
  type: 'object',
  description: 'The HTTP server around the team: `massgen serve`. Flags and environment variables go before it.',
  properties: {
    host: { type: 'string', description: 'Address to listen on.', 'x-default': '`0.0.0.0`' },
    port: { type: 'integer', minimum: 0, maximum: 65535, description: 'Port to listen on.', 'x-default': '`4000`' },
    api_key: { type: 'string', description: 'The key that callers must send. Write `${NAME}`.', 'x-default': `${none}: anybody may call` },
    api_keys: { type: 'array', items: { type: 'string' }, description: 'Several such keys.', 'x-default': none },
    api_key_file: { type: 'string', description: 'A file with one key a line.', 'x-default': none },
    cors: { type: ['boolean', 'string', 'array'], items: { type: 'string' }, description: 'Which web pages may call: their origins, or `true` for any.', 'x-default': none },
    docs: { type: 'boolean', description: 'Whether `/docs` and `/redoc` are there.', default: true },
    models: { type: 'object', description: 'More models: a name, and a configuration (a path or `@examples/NAME`) or a list of ids of agents here, which then are a team. Paths begin at the folder that massgen runs in.', 'x-default': none },
    reasoning: { type: ['boolean', 'string'], description: 'What callers see of how the answer came to be: `summary`, `full` (also what agents say) or `off`.', 'x-default': '`summary`' },
    expose_agent_tools: { enum: ['stream', 'always', 'never'], description: 'Whether callers see the tools that agents call as tool calls: in streams, also in whole replies, or as progress only.', default: 'stream' },
    max_concurrent: { type: 'integer', minimum: 1, description: 'How many requests run at once.', 'x-default': '`4`' },
    max_queued: { type: 'integer', minimum: 0, description: 'How many more may wait.', 'x-default': '`100`' },
    queue_timeout_seconds: { type: 'number', exclusiveMinimum: 0, description: 'How long one may wait.', 'x-default': '`300`' },
    drain_timeout_seconds: { type: 'number', minimum: 0, description: 'How long running requests have when the server stops.', 'x-default': '`30`' },
    rate_limit: { type: 'integer', minimum: 1, description: 'Requests a minute for each key, or each address where there are no keys.', 'x-default': none },
  },
  additionalProperties: false,
} as const satisfies Schema;
