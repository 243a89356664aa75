import type { Message } from '../../backends/contract.js';
import type { AgentId, PromptMessage, PromptPart } from '../protocol.js';
import { agentOf, type ConversationItem, type RunState } from './state.js';

/** Markers that only we may write; in a peer's text their first character is replaced. */
const MARKER = /<(?=\/?(?:end of |original message|paraphrased message|current answers|new answers|conversation_history|previous attempt feedback|final answer|agent\s*\d))/giu;

/** Peer text that cannot forge our markers or the fence. Used in prompts only; stored text stays verbatim. */
export function defuse(text: string, fence: string): string {
  return (fence === '' ? text : text.replaceAll(fence, '(fence)')).replace(MARKER, '‹');
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
      return state.history.map(({ role, text }) => `${role === 'assistant' ? 'Assistant' : role === 'user' ? 'User' : 'System'}: ${defuse(text, state.fence)}`).join('\n');
    case 'instructions':
      return agentOf(state, agent).info.systemMessage;
    case 'final':
      return defuse(finalText(state), state.fence);
    case 'answer': {
      const author = agentOf(state, part.agent);
      const text = author.revisions.find(({ rev }) => rev === part.rev)?.text ?? '';
      const { anonymous } = author.info;
      return `<${anonymous}>\n${state.fence}\n${defuse(text, state.fence)}\n${state.fence}\n<end of ${anonymous}>`;
    }
  }
}

const textOf = (state: RunState, agent: AgentId, parts: readonly PromptPart[]): string => parts.map((part) => partText(state, agent, part)).join('');

/** The conversation as a backend takes it: references resolved, peers' texts fenced and defused. */
export function render(state: RunState, agent: AgentId, conversation: readonly ConversationItem[]): readonly Message[] {
  return conversation.map((item): Message => {
    switch (item.role) {
      case 'assistant':
        return item;
      case 'system':
        return { role: 'system', text: textOf(state, agent, item.parts) };
      case 'user':
        return { role: 'user', content: textOf(state, agent, item.parts) };
      case 'tool':
        return { role: 'tool', callId: item.callId, name: item.name, text: textOf(state, agent, item.parts) };
    }
  });
}

/** Characters that the conversation will send, near enough for a budget's estimate. */
export function conversationLength(state: RunState, agent: AgentId, conversation: readonly ConversationItem[]): number {
  return conversation.reduce((sum, item) => {
    if (item.role === 'assistant') return sum + item.text.length + item.toolCalls.reduce((size, call) => size + call.argumentsText.length, 0);
    return sum + textOf(state, agent, item.parts).length;
  }, 0);
}

/** Results for every call id that the last reply left open: vendors refuse a conversation in which one is missing. */
export function answerOpenCalls(conversation: readonly ConversationItem[], text: (name: string) => string): readonly PromptMessage[] {
  const last = conversation.at(-1);
  if (last?.role !== 'assistant') return [];
  return last.toolCalls.map(({ id, name }) => ({ role: 'tool', callId: id, name, parts: [text(name)] }));
}
