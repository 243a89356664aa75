import type { ContentPart, Message } from '../../backends/contract.js';
import type { ErrorData } from '../../errors.js';
import type { AgentId } from '../protocol.js';
import { IMAGE_CHARACTERS, spell } from './conversation.js';
import { WHOLE, type Caps } from './cut.js';
import { agentOf, type AgentState, type ConversationItem, type RunState } from './state.js';

const contentSize = (content: string | readonly ContentPart[]): number =>
  typeof content === 'string' ? content.length : content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : IMAGE_CHARACTERS), 0);

function sizeOf(message: Message): number {
  switch (message.role) {
    case 'system':
      return message.text.length;
    case 'user':
      return contentSize(message.content);
    case 'tool':
      return message.text.length + (message.images?.length ?? 0) * IMAGE_CHARACTERS;
    case 'assistant':
      if (message.items.length > 0) return message.items.reduce((sum, { item }) => sum + JSON.stringify(item).length, 0);
      return message.toolCalls.reduce((sum, { argumentsText }) => sum + argumentsText.length, message.text.length);
  }
}

/** Characters that the messages send, near enough. */
const sizeOfAll = (messages: readonly Message[]): number => messages.reduce((sum, message) => sum + sizeOf(message), 0);

/** What is shortened, in this order, and to what at the least: the oldest and what tools said first, the task last. */
const STEPS: readonly (readonly [name: keyof Caps, least: number])[] = [
  ['old', 2000],
  ['messages', 0],
  ['items', 0],
  ['old', 200],
  ['answers', 2000],
  ['given', 2000],
  ['answers', 400],
  ['given', 400],
];

/** The conversation in at most `room` characters, or as few as can be. The same conversation and room give the same messages. */
function shorten(state: RunState, agent: AgentId, conversation: readonly ConversationItem[], room: number): readonly Message[] {
  const within = (caps: Caps): readonly Message[] => spell(state, agent, conversation, caps);
  let caps = WHOLE;
  let messages = within(caps);
  for (const [name, least] of STEPS) {
    if (sizeOfAll(messages) <= room) return messages;
    const most = Math.min(caps[name], room);
    caps = { ...caps, [name]: least };
    messages = within(caps);
    if (name !== 'items' && sizeOfAll(messages) <= room) return widest(messages, least, most, (cap) => within({ ...caps, [name]: cap }), room);
  }
  return messages;
}

/** What the largest cap between the two gives that still fits; `fitting` is what the smallest does. */
function widest(fitting: readonly Message[], least: number, most: number, within: (cap: number) => readonly Message[], room: number): readonly Message[] {
  let best = fitting;
  let [low, high] = [least, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const messages = within(middle);
    if (sizeOfAll(messages) <= room) {
      best = messages;
      low = middle;
    } else high = middle - 1;
  }
  return best;
}

/** The conversation as a backend takes it, shortened where the agent's model has shown how little room it has. */
export function render(state: RunState, agent: AgentId, conversation: readonly ConversationItem[]): readonly Message[] {
  const { room } = agentOf(state, agent);
  return room === null ? spell(state, agent, conversation) : shorten(state, agent, conversation, room);
}

/** Of what was too long, where the vendor names no figures; and no more than this. */
const USUAL_SHARE = 1 / 3;
const USUAL_MOST = 240_000;
/** Tools, the reply and rough reckoning want their part, too. */
const MARGIN = 0.7;
/** So few characters a token has, at worst in common texts. */
const CHARACTERS_PER_TOKEN = 2;

function roomLeft(size: number, overflow: ErrorData['overflow']): number {
  if (overflow === undefined) return Math.min(size * USUAL_SHARE, USUAL_MOST);
  const share = overflow.size === undefined ? MARGIN : (overflow.limit / overflow.size) * MARGIN;
  return overflow.size === undefined ? Math.min(size * share, overflow.limit * CHARACTERS_PER_TOKEN) : size * share;
}

/** The conversation that a model has refused as too long, in characters, and what it is to be shortened to; undefined when it cannot be. */
export function compaction(state: RunState, { info, conversation, room }: AgentState, { overflow }: ErrorData): { readonly from: number; readonly to: number } | undefined {
  if (room !== null) return undefined;
  const from = sizeOfAll(spell(state, info.id, conversation));
  const to = Math.floor(roomLeft(from, overflow));
  return to < from && sizeOfAll(shorten(state, info.id, conversation, to)) <= to ? { from, to } : undefined;
}

/** The failure of a model that even the shortened conversation is too long for, with what to do about it. */
export function tooLong(error: ErrorData, { room }: AgentState): ErrorData {
  const tried = room === null ? 'there is nothing in it to leave out' : `it was shortened to ${String(room)} characters already`;
  return { ...error, message: `${error.message}; ${tried}: choose a model with a larger context window, lower max_tokens, or ask with less` };
}
