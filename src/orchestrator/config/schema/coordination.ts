import { plannedIn } from './planned.js';
import { coordinationToolKeys } from './tool-keys.js';
import type { Schema } from './types.js';

/** What surrounds the rounds of answers and votes. */
export const coordinationSchema = {
  type: 'object',
  description: 'What surrounds the rounds of answers and votes.',
  default: {},
  properties: {
    max_orchestration_restarts: {
      type: 'integer',
      minimum: 0,
      maximum: 10,
      default: 0,
      description: 'How often the team may start over when another agent finds the final answer wanting.',
    },
    ...coordinationToolKeys,
    ...plannedIn('coordination'),
  },
  additionalProperties: false,
} as const satisfies Schema;
