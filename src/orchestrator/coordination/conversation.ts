import type { ContentPart, ImagePart, Message, ToolCall } from '../../backends/contract.js';
import type { AgentId, AgentInfo, HistoryMessage, PromptMessage, PromptPart, Seen } from '../protocol.js';
import { describeTools } from './caller.js';
import { WHOLE, cutArguments, cutText, type Caps } from './cut.js';
import { describeOwnTools } from './own-tools.js';
import { agentOf, type ConversationItem, type Revision, type RunState } from './state.js';

/** Markers that only we may write; in a peer's text their first character is replaced. */
const MARKER = /<(?=\/?(?:end of |original message|paraphrased message|current answers|new answers|conversation_history|since then|message from the user|previous attempt feedback|final answer|agent\s*\d))/giu;

/** Peer text that cannot forge our markers or the fence. Used in prompts only; stored text stays verbatim. */
export function defuse(text: string, fence: string): string {
  return (fence === '' ? text : text.replaceAll(fence, '(fence)')).replace(MARKER, '‹');
}

const defused = new WeakMap<Revision, { readonly fence: string; readonly text: string }>();

/** Every peer is shown an answer, some of them again: it is looked through once. */
function defusedAnswer(revision: Revision, fence: string): string {
  const known = defused.get(revision);
  if (known?.fence === fence) return known.text;
  const text = defuse(revision.text, fence);
  defused.set(revision, { fence, text });
  return text;
}

function finalText({ presented, selection, agents }: RunState): string {
  if (presented !== null || selection === null) return presented?.text ?? '';
  return agents[selection.agent]?.revisions.find(({ rev }) => rev === selection.rev)?.text ?? '';
}

/** A path of the author's workspace is, for a peer, where it sees that work. */
function asSeenBy(viewer: AgentInfo, author: AgentInfo, text: string): string {
  if (author.workspace === undefined || author.id === viewer.id) return text;
  return text.replaceAll(author.workspace, viewer.peers === undefined ? `(${author.anonymous}'s folder)` : `${viewer.peers}/${author.anonymous}`);
}

/** `newest` tells the newest revision of each agent that the conversation shows. */
function partText(state: RunState, agent: AgentId, part: PromptPart, caps: Caps, newest: Seen): string {
  if (typeof part === 'string') return part;
  switch (part.ref) {
    case 'task':
      return cutText(state.task, caps.given);
    case 'history':
      return transcript(state, state.history, caps);
    case 'trail':
      return transcript(state, state.request.trail ?? [], caps);
    case 'caller':
      return cutText(state.request.instructions ?? '', caps.given);
    case 'tools':
      return describeTools(state.request);
    case 'instructions':
      return cutText(agentOf(state, agent).info.systemMessage, caps.given);
    case 'own-tools':
      return describeOwnTools(agentOf(state, agent).offers[part.offer]);
    case 'message':
      return cutText(state.messages[part.index] ?? '', caps.given);
    case 'final':
      return cutText(defuse(finalText(state), state.fence), caps.answers);
    case 'answer': {
      const author = agentOf(state, part.agent);
      const revision = author.revisions.find(({ rev }) => rev === part.rev);
      const { anonymous } = author.info;
      return `<${anonymous}>\n${state.fence}\n${revision === undefined ? '' : cutText(asSeenBy(agentOf(state, agent).info, author.info, defusedAnswer(revision, state.fence)), part.rev < (newest[part.agent] ?? 0) ? Math.min(caps.old, caps.answers) : caps.answers)}\n${state.fence}\n<end of ${anonymous}>`;
    }
  }
}

const SPEAKERS = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool' } as const;

function line({ role, text, toolCalls = [], images = [], name }: HistoryMessage, cap: number): string {
  const speaker = role === 'tool' && name !== undefined ? `Tool ${name}` : SPEAKERS[role];
  const seen = images.length === 0 ? '' : ` [with ${images.length === 1 ? 'an image' : `${images.length} images`}]`;
  return [...(text !== '' || toolCalls.length === 0 ? [`${speaker}: ${cutText(text, cap)}${seen}`] : []), ...toolCalls.map((call) => `${speaker} called ${call.name} with ${cutArguments(call.argumentsText, cap)}`)].join('\n');
}

/** The newest messages that there is room for: none of them answers a call that is left out. */
function newestOf(messages: readonly HistoryMessage[], count: number): readonly HistoryMessage[] {
  let from = Math.max(0, messages.length - count);
  while (from > 0 && messages[from]?.role === 'tool') from += 1;
  return messages.slice(from);
}

const leftOut = (count: number): string => `[${count === 1 ? 'The first message' : `The first ${count} messages`} of the conversation ${count === 1 ? 'is' : 'are'} left out to fit the model.]`;

function transcript(state: RunState, messages: readonly HistoryMessage[], caps: Caps): string {
  const kept = newestOf(messages, caps.messages);
  const note = kept.length === messages.length ? [] : [leftOut(messages.length - kept.length)];
  return [...note, ...kept.map((message) => defuse(line(message, caps.old), state.fence))].join('\n');
}

/** The images that belong to what a prompt message refers to. */
function imagesOf({ history, request }: RunState, parts: readonly PromptPart[], caps: Caps): readonly ImagePart[] {
  const shown = (messages: readonly HistoryMessage[]): readonly ImagePart[] => (caps.old === Infinity ? messages.flatMap(({ images = [] }) => images) : []);
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    if (part.ref === 'task') return request.images ?? [];
    if (part.ref === 'history') return shown(history);
    return part.ref === 'trail' ? shown(request.trail ?? []) : [];
  });
}

const withNote = (text: string, note: string): string => `${text}${text === '' ? '' : '\n'}[${note}]`;

const unseen = (images: readonly ImagePart[]): string => `${images.length === 1 ? 'An image is' : `${images.length} images are`} attached that you cannot see.`;

const LEFT_OUT = 'What was shown here is left out to fit the model.';

/** A user's text and images; an agent whose model cannot see is told that there are some. */
function userContent(state: RunState, agent: AgentId, text: string, images: readonly ImagePart[]): string | readonly ContentPart[] {
  if (images.length === 0) return text;
  if (agentOf(state, agent).info.sees !== true) return withNote(text, unseen(images));
  return text === '' ? images : [{ type: 'text', text }, ...images];
}

/** Earlier messages as themselves. */
function spoken(state: RunState, agent: AgentId, messages: readonly HistoryMessage[], caps: Caps): readonly Message[] {
  const kept = newestOf(messages, caps.messages);
  const note: readonly Message[] = kept.length === messages.length ? [] : [{ role: 'user', content: leftOut(messages.length - kept.length) }];
  const said = kept.map(({ role, text, images = [], toolCalls = [], callId = '', name = '' }): Message => {
    const words = cutText(text, caps.old);
    switch (role) {
      case 'system':
        return { role, text: words };
      case 'user':
        return { role, content: caps.old < Infinity && images.length > 0 ? withNote(words, LEFT_OUT) : userContent(state, agent, words, images) };
      case 'assistant':
        return { role, text: words, toolCalls: cutCalls(toolCalls, caps.old), items: [] };
      case 'tool':
        return { role, callId, name, text: words };
    }
  });
  return [...note, ...said];
}

const cutCalls = (calls: readonly ToolCall[], cap: number): readonly ToolCall[] => (cap === Infinity ? calls : calls.map((call) => ({ ...call, argumentsText: cutArguments(call.argumentsText, cap) })));

const textOf = (state: RunState, agent: AgentId, parts: readonly PromptPart[], caps = WHOLE, newest: Seen = {}): string => parts.map((part) => partText(state, agent, part, caps, newest)).join('');

/** What the messages before and after decide about one. */
interface Place {
  readonly caps: Caps;
  /** Replies before the last one may go without the vendor's items. */
  readonly early: boolean;
  readonly newest: Seen;
}

/** A result that cannot close the fence; an agent whose model cannot see is told of images. */
function toolMessage({ fence, agents }: RunState, agent: AgentId, { callId, name, text: given, images = [] }: Extract<ConversationItem, { role: 'tool-result' }>, { caps, early }: Place): Message {
  const text = cutText(fence === '' ? given : given.replaceAll(fence, '(fence)'), caps.old);
  if (images.length === 0) return { role: 'tool', callId, name, text };
  if (early && caps.old < Infinity) return { role: 'tool', callId, name, text: withNote(text, LEFT_OUT) };
  if (agents[agent]?.info.sees === true) return { role: 'tool', callId, name, text, images };
  return { role: 'tool', callId, name, text: withNote(text, unseen(images)) };
}

function messagesOf(state: RunState, agent: AgentId, item: ConversationItem, { caps, early, newest }: Place): readonly Message[] {
  switch (item.role) {
    case 'assistant':
      return [early && caps.old < Infinity ? { ...item, text: cutText(item.text, caps.old), toolCalls: cutCalls(item.toolCalls, caps.old), items: caps.items === 0 ? [] : item.items } : item];
    case 'history':
      return spoken(state, agent, state.history, caps);
    case 'trail':
      return spoken(state, agent, state.request.trail ?? [], caps);
    case 'system':
      return [{ role: 'system', text: textOf(state, agent, item.parts, caps, newest) }];
    case 'user':
      return [{ role: 'user', content: userContent(state, agent, textOf(state, agent, item.parts, caps, newest), imagesOf(state, item.parts, caps)) }];
    case 'tool':
      return [{ role: 'tool', callId: item.callId, name: item.name, text: cutText(textOf(state, agent, item.parts), caps.old) }];
    case 'tool-result':
      return [toolMessage(state, agent, item, { caps, early, newest })];
  }
}

/** The newest answers among those that the conversation shows. */
function newestShown(conversation: readonly ConversationItem[]): Seen {
  const newest: Record<AgentId, number> = {};
  for (const item of conversation) {
    if (!('parts' in item)) continue;
    for (const part of item.parts) if (typeof part !== 'string' && part.ref === 'answer') newest[part.agent] = Math.max(newest[part.agent] ?? 0, part.rev);
  }
  return newest;
}

/** The conversation as a backend takes it, as much of it as the caps let through: references resolved, peers' texts fenced and defused. */
export function spell(state: RunState, agent: AgentId, conversation: readonly ConversationItem[], caps = WHOLE): readonly Message[] {
  const lastReply = conversation.findLastIndex(({ role }) => role === 'assistant');
  const newest = caps === WHOLE ? {} : newestShown(conversation);
  return conversation.flatMap((item, place) => messagesOf(state, agent, item, { caps, early: place < lastReply, newest }));
}

/** About what an image costs, as text. */
export const IMAGE_CHARACTERS = 4000;

/** Characters that the conversation will send, near enough for a budget's estimate. */
export function conversationLength(state: RunState, agent: AgentId, conversation: readonly ConversationItem[]): number {
  return conversation.reduce((sum, item) => {
    if (item.role === 'assistant') return sum + item.text.length + item.toolCalls.reduce((size, call) => size + call.argumentsText.length, 0);
    if (item.role === 'tool-result') return sum + item.text.length + (item.images?.length ?? 0) * IMAGE_CHARACTERS;
    if (item.role === 'history' || item.role === 'trail') return sum + spoken(state, agent, item.role === 'history' ? state.history : (state.request.trail ?? []), WHOLE).reduce((size, message) => size + JSON.stringify(message).length, 0);
    return sum + textOf(state, agent, item.parts).length + imagesOf(state, item.parts, WHOLE).length * IMAGE_CHARACTERS;
  }, 0);
}

/** Results for every call id that the last reply left open: vendors refuse a conversation in which one is missing. */
export function answerOpenCalls(conversation: readonly ConversationItem[], text: (name: string) => string): readonly PromptMessage[] {
  const place = conversation.findLastIndex(({ role }) => role !== 'tool-result');
  const last = conversation[place];
  if (last?.role !== 'assistant') return [];
  const answered = conversation.slice(place + 1).map((item) => (item.role === 'tool-result' ? item.callId : ''));
  const open = answered.length === 0 ? last.toolCalls : last.toolCalls.filter(({ id }) => !answered.includes(id));
  return open.map(({ id, name }) => ({ role: 'tool', callId: id, name, parts: [text(name)] }));
}
