import type { ToolSpec } from '../../backends/contract.js';
import type { Fact, ToolSet } from '../protocol.js';
import { agentOf, type RunState } from './state.js';

const object = (properties: Record<string, unknown>, required: readonly string[]): Record<string, unknown> => ({ type: 'object', properties, required, additionalProperties: false });

/** The tools that a call offers: its set, and where it says so the agent's own, of which those go unheard that are named as others are. */
export function toolsOfCall(state: RunState, { agent, tools: set, own }: Pick<Extract<Fact, { type: 'call-start' }>, 'agent' | 'tools' | 'own'>): readonly ToolSpec[] {
  const tools = toolsOf(state, set);
  if (own !== true) return tools;
  const offered = (agentOf(state, agent).offers.at(-1)?.tools ?? []).map((tool): ToolSpec => Object.assign({}, tool, { own: true as const }));
  return tools.length === 0 ? offered : [...tools, ...offered.filter(({ name }) => !tools.some((tool) => tool.name === name))];
}

/**
 * The tools of a set. The list of a set never changes during a run, so that providers' prompt caches hit;
 * what may be called now is said by the tool choice and the prompt.
 */
export function toolsOf(state: RunState, set: ToolSet): readonly ToolSpec[] {
  switch (set) {
    case 'none':
      return [];
    case 'caller':
      return state.request.tools ?? [];
    case 'evaluation':
      return [
        { name: 'submit', description: 'The final answer is good: deliver it as it is.', parameters: object({ confirmed: { type: 'boolean', enum: [true] } }, ['confirmed']) },
        {
          name: 'restart_orchestration',
          description: 'The final answer has a defect that matters: let the agents try again.',
          parameters: object({ reason: { type: 'string', description: 'What is wrong' }, instructions: { type: 'string', description: 'What to do differently, concretely' } }, ['reason', 'instructions']),
        },
      ];
    case 'workflow': {
      const sorted = state.order.map((_id, index) => `agent${String(index + 1)}`);
      return [
        {
          name: 'new_answer',
          description: 'Submit your answer: complete, self-contained, better than every answer so far. Say which other tools it rests on, if any.',
          parameters: object({ content: { type: 'string', description: 'The whole answer' } }, ['content']),
        },
        {
          name: 'vote',
          description: 'Vote for the agent whose current answer serves the original message best.',
          parameters: object({ agent_id: { type: 'string', enum: sorted, description: 'The agent to vote for' }, reason: { type: 'string', description: 'Why this answer is the best' } }, ['agent_id', 'reason']),
        },
      ];
    }
  }
}
