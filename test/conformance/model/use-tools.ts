import { answer } from './answer.js';
import type { Conversation } from './conversation.js';
import { fill, wordsOf } from './fill-schema.js';
import type { ModelRequest, ModelTool } from './request.js';

export interface ModelCall {
  readonly name: string;
  readonly arguments: unknown;
}

const VERBS = ['get', 'fetch', 'find', 'read', 'call', 'run', 'do', 'make', 'set', 'the'];

/** How many words of a tool's name are in the text. */
const fitOf = ({ function: { name } }: ModelTool, text: string): number => wordsOf(name).filter((word) => !VERBS.includes(word) && new RegExp(`\\b${word}`, 'iu').test(text)).length;

/** The tools that a message asks for, by what they are called. */
function wantedTools({ tools = [], tool_choice: choice, parallel_tool_calls: several = true }: ModelRequest, text: string, done: boolean): readonly ModelTool[] {
  if (choice === 'none') return [];
  const named = typeof choice === 'object' ? tools.find((tool) => tool.function.name === choice.function?.name) : undefined;
  if (named !== undefined) return [named];
  if (done && choice !== 'required') return [];
  const fitting = tools.filter((tool) => fitOf(tool, text) > 0);
  const wanted = fitting.length === 0 && choice === 'required' ? tools.slice(0, 1) : fitting;
  return several ? wanted : wanted.slice(0, 1);
}

const called = (name: string, args: unknown): readonly ModelCall[] => [{ name, arguments: args }];

/** A member of a team proposes an answer, and votes as soon as there are some to choose from. */
function deliberate(request: ModelRequest, conversation: Conversation): readonly ModelCall[] | undefined {
  const offers = (name: string): boolean => request.tools?.some((tool) => tool.function.name === name) === true;
  if (!offers('new_answer') || !offers('vote')) return undefined;
  const [first] = conversation.answerers;
  return first === undefined ? called('new_answer', { content: answer(conversation) }) : called('vote', { agent_id: first, reason: 'It answers what was asked.' });
}

/** The calls that the model makes; none when it is to answer in words. */
export function chooseCalls(request: ModelRequest, conversation: Conversation): readonly ModelCall[] {
  const deliberated = deliberate(request, conversation);
  if (deliberated !== undefined) return deliberated;
  const text = conversation.turns.findLast(({ role }) => role === 'user')?.text ?? '';
  return wantedTools(request, text, conversation.outputs.length > 0).map(({ function: { name, parameters } }) => ({ name, arguments: fill({ type: 'object', ...parameters }, text) }));
}
