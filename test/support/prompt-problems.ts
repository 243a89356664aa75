import type { Message } from '../../src/backends/contract.js';
import { render } from '../../src/orchestrator/coordination/render.js';
import { agentOf, type RunState } from '../../src/orchestrator/coordination/state.js';

const textOf = (message: Message): string => {
  if (message.role === 'assistant') return '';
  if (message.role !== 'user') return message.text;
  return typeof message.content === 'string' ? message.content : '';
};

const count = (text: string, piece: string): number => text.split(piece).length - 1;

/** 19: whatever peers wrote, two fence lines stand around each text of theirs that is shown, and each has one end marker. */
function fenceProblems(state: RunState, agent: string, messages: readonly Message[], fence: string): readonly string[] {
  const refs = agentOf(state, agent).conversation.flatMap((item) => ('parts' in item ? item.parts : [])).flatMap((part) => (typeof part === 'string' ? [] : [part.ref]));
  const answers = refs.filter((ref) => ref === 'answer').length;
  const presented = refs.filter((ref) => ref === 'final').length;
  const text = messages.map(textOf).join('\n');
  const found: string[] = [];
  if (count(text, fence) !== 2 * (answers + presented)) found.push(`19: ${count(text, fence)} fences where ${2 * (answers + presented)} belong`);
  const ends = count(messages.filter(({ role }) => role !== 'tool').map(textOf).join('\n'), '<end of agent');
  if (ends !== answers) found.push(`19: ${ends} answer ends where ${answers} belong`);
  return found;
}

/** Vendors refuse a conversation in which a tool call has no result, or whose last word is the agent's own. */
function shapeProblems(messages: readonly Message[]): readonly string[] {
  const found: string[] = [];
  if (messages.length === 0 || messages.at(-1)?.role === 'assistant') found.push('20: a call was begun with nothing to say');
  messages.forEach((message, index) => {
    if (message.role !== 'assistant') return;
    const results = messages.slice(index + 1, index + 1 + message.toolCalls.length);
    const ids = results.flatMap((each) => (each.role === 'tool' ? [each.callId] : []));
    if ([...ids].sort().join() !== message.toolCalls.map(({ id }) => id).sort().join()) found.push('20: a tool call was left without its result');
    if (messages[index + 1 + message.toolCalls.length]?.role === 'tool') found.push('20: a tool result without its call');
  });
  return found;
}

/** What is wrong with the prompts of the call that the agent has just begun. */
export function promptProblems(state: RunState, agent: string, fence: string): readonly string[] {
  const messages = render(state, agent, agentOf(state, agent).conversation);
  return [...fenceProblems(state, agent, messages, fence), ...shapeProblems(messages)];
}
