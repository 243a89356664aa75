import type { ContentPart, ImagePart, Message } from '../../backends/contract.js';
import type { AgentId, HistoryMessage, PromptMessage, PromptPart } from '../protocol.js';
import { describeTools } from './caller.js';
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

function partText(state: RunState, agent: AgentId, part: PromptPart): string {
  if (typeof part === 'string') return part;
  switch (part.ref) {
    case 'task':
      return state.task;
    case 'history':
      return transcript(state, state.history);
    case 'trail':
      return transcript(state, state.request.trail ?? []);
    case 'caller':
      return state.request.instructions ?? '';
    case 'tools':
      return describeTools(state.request);
    case 'instructions':
      return agentOf(state, agent).info.systemMessage;
    case 'message':
      return state.messages[part.index] ?? '';
    case 'final':
      return defuse(finalText(state), state.fence);
    case 'answer': {
      const author = agentOf(state, part.agent);
      const revision = author.revisions.find(({ rev }) => rev === part.rev);
      const { anonymous } = author.info;
      return `<${anonymous}>\n${state.fence}\n${revision === undefined ? '' : defusedAnswer(revision, state.fence)}\n${state.fence}\n<end of ${anonymous}>`;
    }
  }
}

const SPEAKERS = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool' } as const;

function line({ role, text, toolCalls = [], images = [], name }: HistoryMessage): string {
  const speaker = role === 'tool' && name !== undefined ? `Tool ${name}` : SPEAKERS[role];
  const seen = images.length === 0 ? '' : ` [with ${images.length === 1 ? 'an image' : `${images.length} images`}]`;
  return [...(text !== '' || toolCalls.length === 0 ? [`${speaker}: ${text}${seen}`] : []), ...toolCalls.map((call) => `${speaker} called ${call.name} with ${call.argumentsText}`)].join('\n');
}

const transcript = (state: RunState, messages: readonly HistoryMessage[]): string => messages.map((message) => defuse(line(message), state.fence)).join('\n');

/** The images that belong to what a prompt message refers to. */
function imagesOf({ history, request }: RunState, parts: readonly PromptPart[]): readonly ImagePart[] {
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    if (part.ref === 'task') return request.images ?? [];
    if (part.ref === 'history') return history.flatMap(({ images = [] }) => images);
    return part.ref === 'trail' ? (request.trail ?? []).flatMap(({ images = [] }) => images) : [];
  });
}

/** A user's text and images; an agent whose model cannot see is told that there are some. */
function userContent(state: RunState, agent: AgentId, text: string, images: readonly ImagePart[]): string | readonly ContentPart[] {
  if (images.length === 0) return text;
  if (agentOf(state, agent).info.sees !== true) return `${text}${text === '' ? '' : '\n'}[${images.length === 1 ? 'An image is' : `${images.length} images are`} attached that you cannot see.]`;
  return text === '' ? images : [{ type: 'text', text }, ...images];
}

/** Earlier messages as themselves. */
function spoken(state: RunState, agent: AgentId, messages: readonly HistoryMessage[]): readonly Message[] {
  return messages.map(({ role, text, images = [], toolCalls = [], callId = '', name = '' }): Message => {
    switch (role) {
      case 'system':
        return { role, text };
      case 'user':
        return { role, content: userContent(state, agent, text, images) };
      case 'assistant':
        return { role, text, toolCalls, items: [] };
      case 'tool':
        return { role, callId, name, text };
    }
  });
}

const textOf = (state: RunState, agent: AgentId, parts: readonly PromptPart[]): string => parts.map((part) => partText(state, agent, part)).join('');

/** The conversation as a backend takes it: references resolved, peers' texts fenced and defused. */
export function render(state: RunState, agent: AgentId, conversation: readonly ConversationItem[]): readonly Message[] {
  return conversation.flatMap((item): Message | readonly Message[] => {
    switch (item.role) {
      case 'assistant':
        return item;
      case 'history':
        return spoken(state, agent, state.history);
      case 'trail':
        return spoken(state, agent, state.request.trail ?? []);
      case 'system':
        return { role: 'system', text: textOf(state, agent, item.parts) };
      case 'user':
        return { role: 'user', content: userContent(state, agent, textOf(state, agent, item.parts), imagesOf(state, item.parts)) };
      case 'tool':
        return { role: 'tool', callId: item.callId, name: item.name, text: textOf(state, agent, item.parts) };
    }
  });
}

/** About what an image costs, as text. */
const IMAGE_CHARACTERS = 4000;

/** Characters that the conversation will send, near enough for a budget's estimate. */
export function conversationLength(state: RunState, agent: AgentId, conversation: readonly ConversationItem[]): number {
  return conversation.reduce((sum, item) => {
    if (item.role === 'assistant') return sum + item.text.length + item.toolCalls.reduce((size, call) => size + call.argumentsText.length, 0);
    if (item.role === 'history' || item.role === 'trail') return sum + spoken(state, agent, item.role === 'history' ? state.history : (state.request.trail ?? [])).reduce((size, message) => size + JSON.stringify(message).length, 0);
    return sum + textOf(state, agent, item.parts).length + imagesOf(state, item.parts).length * IMAGE_CHARACTERS;
  }, 0);
}

/** Results for every call id that the last reply left open: vendors refuse a conversation in which one is missing. */
export function answerOpenCalls(conversation: readonly ConversationItem[], text: (name: string) => string): readonly PromptMessage[] {
  const last = conversation.at(-1);
  if (last?.role !== 'assistant') return [];
  return last.toolCalls.map(({ id, name }) => ({ role: 'tool', callId: id, name, parts: [text(name)] }));
}
