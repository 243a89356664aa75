import { choice, count, flag, number, text } from './kinds.js';
import type { Schema } from './types.js';

/** The HTTP server around a team. */
export const serveSchema = {
  type: 'object',
  description: 'The HTTP server around the team.',
  properties: {
    host: text('Address to listen on.'),
    port: { type: 'integer', minimum: 0, maximum: 65535, description: 'Port to listen on.' },
    api_key: text('The key that callers must send. Write `${NAME}`.'),
    api_keys: { type: ['array', 'object'], description: 'Several such keys.' },
    api_key_file: text('A file with one key a line.'),
    cors: { type: ['boolean', 'string', 'array'], description: 'Which web pages may call.' },
    docs: flag('Whether `/docs` and `/redoc` are there.'),
    models: { type: ['array', 'object'], description: 'The teams and agents that are offered as models.' },
    reasoning: { type: ['boolean', 'string'], description: 'Whether callers see how the team came to its answer.' },
    expose_agent_tools: choice('Whether callers see the tools that agents call.', 'stream', 'always', 'never'),
    max_concurrent: count('How many requests run at once.'),
    max_queued: count('How many more may wait.'),
    queue_timeout_seconds: number('How long one may wait.'),
    drain_timeout_seconds: number('How long running requests have when the server stops.'),
  },
} as const satisfies Schema;
