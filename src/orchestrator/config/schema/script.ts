import type { Schema } from './types.js';

const vote = {
  type: ['string', 'object'],
  description: 'Votes for an answer: `agent1`, or `{agent: agent1, reason: why}`.',
  properties: {
    agent: { type: 'string', description: 'The anonymous id, `agent1` to `agentN` in the sorted order of the real ids.', examples: ['agent1'] },
    reason: { type: 'string', description: 'Why.' },
  },
  required: ['agent'],
  additionalProperties: false,
} as const satisfies Schema;

const usage = {
  type: 'object',
  description: 'The token counts that the reply reports.',
  properties: {
    input: { type: 'integer', minimum: 0, description: 'Input tokens.', default: 0 },
    output: { type: 'integer', minimum: 0, description: 'Output tokens.', default: 0 },
  },
  additionalProperties: false,
} as const satisfies Schema;

const tool = {
  type: 'object',
  description: 'Calls any tool.',
  properties: {
    name: { type: 'string', description: 'The tool’s name.', examples: ['new_answer'] },
    arguments: { description: 'A map, sent as JSON, or a text, sent as it is.' },
  },
  required: ['name'],
  additionalProperties: false,
} as const satisfies Schema;

/** One reply of a scripted agent. */
export const stepSchema = {
  type: 'object',
  description: 'One reply. The agent’s first call gets the first step, its second call the second.',
  properties: {
    answer: { type: 'string', description: 'Submits this answer. `{{task}}` stands for the question; `{{workspace}}` and `{{peers}}` for the folders of an agent that has some.' },
    vote,
    text: { type: 'string', description: 'Replies with plain text, as in the final presentation.' },
    reasoning: { type: 'string', description: 'Thinks this aloud first.' },
    tool,
    tools: { type: 'array', items: tool, description: 'Calls several tools.' },
    delay: { type: 'number', minimum: 0, maximum: 86400, description: 'Seconds before the first word.', 'x-default': '0' },
    pace: { type: 'number', minimum: 0, maximum: 60, description: 'Seconds between words.', 'x-default': '0' },
    fault: {
      enum: ['rate-limit', 'unavailable', 'reset', 'truncate', 'garbage', 'silence', 'rejected'],
      description: 'Fails in this way instead of finishing the reply.',
    },
    after: { type: 'integer', minimum: 0, description: 'How many words come before the fault.', 'x-default': '0' },
    retry_after: { type: 'number', minimum: 0, maximum: 86400, description: 'Seconds that the fault asks the caller to wait.' },
    finish: { enum: ['stop', 'length', 'tool-calls', 'content-filter', 'refusal'], description: 'Why the reply ends.', 'x-default': 'what fits the reply' },
    usage,
  },
  additionalProperties: false,
} as const satisfies Schema;
