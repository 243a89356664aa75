import { isObject, listOf, stringOf } from './json.js';
import { UNSAMPLED, type Body, type Mend } from './mending.js';

/** "Thinking may not be enabled when tool_choice forces tool use", `tool_choice: type "tool" and "any" are not supported for this model`. */
function unforced(body: Body, said: string): Body | undefined {
  const choice = body['tool_choice'];
  if (!said.includes('tool_choice') || !isObject(choice) || (choice['type'] !== 'any' && choice['type'] !== 'tool')) return undefined;
  const one = choice['disable_parallel_tool_use'] === true ? { disable_parallel_tool_use: true } : undefined;
  return Object.assign({}, body, { tool_choice: Object.assign({ type: 'auto' }, one) });
}

const isThought = (block: unknown): boolean => isObject(block) && (block['type'] === 'thinking' || block['type'] === 'redacted_thinking');

/** "Invalid `signature` in `thinking` block", "Expected `thinking` or `redacted_thinking`, but found `tool_use`": in the second case the request is not to think either. */
function withoutThoughts(body: Body, said: string): Body | undefined {
  if (!/thinking/i.test(said) || !/signature|block/i.test(said)) return undefined;
  const missed = /expected .?thinking/i.test(said) && 'thinking' in body;
  const messages = listOf(body['messages']);
  if (!missed && !messages.some((message) => isObject(message) && listOf(message['content']).some(isThought))) return undefined;
  const { thinking, ...rest } = body;
  const kept = missed || thinking === undefined ? {} : { thinking };
  return Object.assign({}, rest, kept, { messages: messages.flatMap(thoughtless) });
}

function thoughtless(message: unknown): readonly unknown[] {
  if (!isObject(message) || stringOf(message['role']) !== 'assistant') return [message];
  const content = listOf(message['content']).filter((block) => !isThought(block));
  return content.length === 0 ? [] : [Object.assign({}, message, { content })];
}

/**
 * A forced tool, which models that think do not take, and thoughts that no longer fit the conversation, which is checked for
 * newer models (https://platform.claude.com/docs/en/build-with-claude/preserved-thinking).
 */
export const MESSAGES_MENDS: readonly Mend[] = [{ apply: unforced, lasting: true }, { apply: withoutThoughts }, UNSAMPLED];
