import type { Tool, ToolContext, ToolEffects, ToolOutcome, ToolSource } from '../contract.js';

/** An agent that another one may ask. */
export interface HelperAgent {
  readonly id: string;
  /** What it is good for, for the agent that asks. */
  readonly description: string;
  /** Of what it may do while it answers. */
  readonly effects: ToolEffects;
  readonly timeoutMs: number;
  /** Answers one question by itself; never rejects. */
  readonly ask: (prompt: string, context: ToolContext) => Promise<ToolOutcome>;
}

const PARAMETERS = {
  type: 'object',
  properties: { prompt: { type: 'string', minLength: 1, description: 'The task, with everything that it has to know: it sees nothing else.' } },
  required: ['prompt'],
  additionalProperties: false,
} as const;

function toTool({ id, description, effects, timeoutMs, ask }: HelperAgent): Tool {
  return {
    name: `agent__${id}`,
    aliases: [id],
    description: `Gives the agent ${id} a task of its own and returns its answer.${description === '' ? '' : ` ${description}`}`,
    parameters: PARAMETERS,
    effects,
    timeoutMs,
    run: (args, context) => ask(String(args['prompt']), context),
  };
}

/** Other agents as tools, `agent__ID` each. */
export function openAgentSource(helpers: readonly HelperAgent[]): ToolSource {
  const tools = helpers.map(toTool);
  return { tools: () => tools, notes: () => [], close: () => Promise.resolve() };
}
