import type { ContentPart, Message } from '../contract.js';
import { callIdIn } from './call-ids.js';
import { argumentsObject, isObject, stringOf } from './json.js';

export const MESSAGES_WIRE = 'anthropic-messages';

export type Block = Readonly<Record<string, unknown>>;

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

/**
 * The conversation as the Messages API wants it: the system text apart, users and tool results in one turn, an assistant's
 * own blocks (thinking with its signature, server tools and their results) verbatim where they came from this wire.
 */
export function conversationOf(messages: readonly Message[]): { readonly system: readonly Block[]; readonly messages: readonly Turn[] } {
  const system = messages.flatMap((message) => (message.role === 'system' && message.text.trim() !== '' ? [textBlock(message.text)] : []));
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const content = blocksOf(message);
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content: [...content] });
  }
  return { system, messages: marked(turns) };
}

/** Not a block: where the code runs that has called a tool, kept among the items of its reply. */
export const CONTAINER = 'container';

/** The container whose code waits for results of tools: the last reply's, if that is what it waits for. */
export function containerOf(messages: readonly Message[]): string | undefined {
  const last = messages.findLast(({ role }) => role === 'assistant');
  const container = last?.role === 'assistant' ? last.items.find(({ wire, item }) => wire === MESSAGES_WIRE && isObject(item) && item['type'] === CONTAINER)?.item : undefined;
  return isObject(container) ? stringOf(container['id']) : undefined;
}

/** "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'" */
const ID = /^[\w-]+$/;

const textBlock = (text: string): Block => ({ type: 'text', text });

/** Inside a turn the next call begins with all that was said in this one. */
function marked(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'user' || block === undefined || !turns.some(({ role }) => role === 'assistant')) return turns;
  return [...turns.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), { ...block, cache_control: { type: 'ephemeral' } }] }];
}

function blocksOf(message: Exclude<Message, { role: 'system' }>): readonly Block[] {
  switch (message.role) {
    case 'user':
      return typeof message.content === 'string' ? spoken(message.content) : message.content.flatMap(partBlocks);
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: callIdIn(ID, message.callId), content: resultOf(message) }];
    case 'assistant':
      return assistantBlocks(message);
  }
}

const resultOf = ({ text, images = [] }: Extract<Message, { role: 'tool' }>): unknown => (images.length === 0 ? text : [...spoken(text), ...images.flatMap(partBlocks)]);

/** The API refuses empty text. */
const spoken = (text: string): readonly Block[] => (text.trim() === '' ? [] : [textBlock(text)]);

function partBlocks(part: ContentPart): readonly Block[] {
  if (part.type === 'text') return spoken(part.text);
  return [{ type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.base64 } }];
}

function assistantBlocks({ text, toolCalls, items }: Extract<Message, { role: 'assistant' }>): readonly Block[] {
  const own = items.flatMap(({ wire, item }) => (wire === MESSAGES_WIRE && isObject(item) && item['type'] !== CONTAINER ? [item] : []));
  if (own.length > 0) return own.filter((block) => block['type'] !== 'text' || stringOf(block['text']).trim() !== '');
  const calls = toolCalls.map(({ id, name, argumentsText }) => ({ type: 'tool_use', id: callIdIn(ID, id), name, input: argumentsObject(argumentsText) }));
  return [...spoken(text), ...calls];
}
