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
    use_two_tier_workspace: { type: 'boolean', description: 'Each workspace has a part for drafts, `scratch`, and one for what is handed over, `deliverable`: of the winner’s files only the latter is delivered. The state at each answer is in the log; no git repository is made.', 'x-default': 'false' },
    ...coordinationToolKeys,
    ...plannedIn('coordination'),
  },
  additionalProperties: false,
} as const satisfies Schema;
