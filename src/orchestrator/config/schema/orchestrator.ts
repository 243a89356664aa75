import { coordinationSchema } from './coordination.js';
import { plannedIn } from './planned.js';
import { orchestratorToolKeys } from './tool-keys.js';
import type { Schema } from './types.js';
import { sharedFileKeys } from './workspaces.js';

const sensitivity = ['lenient', 'balanced', 'strict'] as const;

const answers = {
  max_new_answers_per_agent: {
    type: ['integer', 'null'],
    minimum: 1,
    default: null,
    description: 'How many answers one agent may give; then it can only vote. `null`: 5.',
  },
  max_new_answers_global: { type: ['integer', 'null'], minimum: 1, default: null, description: 'How many answers the team may give in all. A first answer is never refused.' },
  answer_novelty_requirement: {
    enum: sensitivity,
    default: 'lenient',
    description: 'How different a new answer must be from the ones its author has seen. `lenient`: not checked; `balanced`: at most 70 % shared words; `strict`: at most 50 %.',
  },
  fairness_enabled: { type: 'boolean', default: true, description: 'Keep a fast agent from running ahead of the others.' },
  fairness_lead_cap_answers: { type: 'integer', minimum: 0, default: 2, description: 'How many answers an agent may be ahead of the slowest other.' },
} as const satisfies Record<string, Schema>;

const votes = {
  voting_sensitivity: {
    enum: sensitivity,
    default: 'lenient',
    description: 'How critical voters are. `lenient`: vote when the best answer serves well; `balanced`: check it first; `strict`: only for an answer that could be a reference.',
  },
  skip_voting: { type: 'boolean', default: false, description: 'No votes: the run goes on to its final answer once everybody has answered.' },
  defer_voting_until_all_answered: {
    type: 'boolean',
    description: 'Nobody votes while another agent is still on its first answer.',
    'x-default': 'true',
  },
  disable_injection: { type: 'boolean', default: false, description: 'Agents learn of new answers only between their turns.' },
  skip_coordination_rounds: { type: 'boolean', default: false, description: 'For tests: the first agent presents at once.' },
} as const satisfies Record<string, Schema>;

const finish = {
  skip_final_presentation: { type: 'boolean', default: false, description: 'The winning answer is the final answer, word for word.' },
  final_answer_strategy: {
    enum: ['auto', 'winner_reuse', 'winner_present', 'synthesize'],
    default: 'auto',
    description:
      '`winner_reuse`: the winning answer as it is. `winner_present`: the winner writes the final answer. `synthesize`: the winner merges all answers; with one answer per agent and no word on `defer_voting_until_all_answered` there is no vote. `auto`: as it is after a unanimous vote, else written anew.',
  },
  budget: {
    type: 'object',
    description: 'Limits of one run. Past one, the best answer so far is used and nothing more is paid for.',
    default: {},
    properties: {
      max_cost_usd: { type: ['number', 'null'], exclusiveMinimum: 0, maximum: 1000000, default: null, description: 'US dollars. Every model then needs a known price.' },
      max_tokens: { type: ['integer', 'null'], minimum: 1, default: null, description: 'Tokens, input and output together.' },
    },
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>;

/** How the agents work together. */
export const orchestratorSchema = {
  type: 'object',
  description: 'How the agents work together.',
  default: {},
  properties: {
    ...answers,
    ...votes,
    ...finish,
    ...sharedFileKeys,
    coordination: coordinationSchema,
    ...orchestratorToolKeys,
    ...plannedIn('orchestrator'),
  },
  additionalProperties: false,
} as const satisfies Schema;
