import { plannedIn } from './planned.js';
import type { Schema } from './types.js';

// The longest wait a Node.js timer can hold is 2^31 - 1 ms.
const longest = 2_147_483;

/** How long things may take. */
export const timeoutSchema = {
  type: 'object',
  description: 'How long things may take, in seconds.',
  default: {},
  properties: {
    orchestrator_timeout_seconds: { type: 'number', exclusiveMinimum: 0, maximum: longest, default: 1800, description: 'The whole run. The last fifth of it, at most 60 s, is kept for the final answer.' },
    initial_round_timeout_seconds: { type: ['number', 'null'], exclusiveMinimum: 0, maximum: longest, default: null, description: 'An agent’s first turn. `null`: no limit of its own.' },
    subsequent_round_timeout_seconds: { type: ['number', 'null'], exclusiveMinimum: 0, maximum: longest, default: null, description: 'Each later turn. `null`: no limit of its own.' },
    round_timeout_grace_seconds: { type: 'number', minimum: 0, maximum: longest, default: 120, description: 'How long a turn past its limit may still take to finish.' },
    idle_timeout_seconds: { type: 'number', exclusiveMinimum: 0, maximum: longest, default: 120, description: 'How long a provider may be silent before its call is given up.' },
  },
  additionalProperties: false,
} as const satisfies Schema;

/** What is shown and kept. */
export const uiSchema = {
  type: 'object',
  description: 'What is shown and kept.',
  default: {},
  properties: {
    display_type: {
      enum: ['rich_terminal', 'textual_terminal', 'simple', 'silent'],
      default: 'rich_terminal',
      description: '`silent`: the final answer only. `simple`: plain lines. `rich_terminal` and `textual_terminal`: the live view where there is a terminal that can draw it, else plain lines. `--display` goes before it.',
    },
    logging_enabled: { type: 'boolean', default: true, description: 'Keep a log of the session. `false`: nothing is written, so the run cannot be looked at, continued or recovered afterwards.' },
    ...plannedIn('ui'),
  },
  additionalProperties: false,
} as const satisfies Schema;
