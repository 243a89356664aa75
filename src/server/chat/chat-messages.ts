import { MassgenError } from '../../errors.js';
import type { HistoryMessage, RunRequest } from '../../orchestrator/index.js';
import { readImage, type Image } from '../runs/images.js';
import type { ChatMessage, ChatPart } from './chat-types.js';

/** A conversation as a run takes it. */
export interface Conversation {
  readonly prompt: string;
  readonly history: readonly HistoryMessage[];
  readonly request: Pick<RunRequest, 'instructions' | 'images' | 'trail'>;
  readonly notes: readonly string[];
}

interface Content {
  readonly text: string;
  readonly images: readonly Image[];
  readonly left: readonly string[];
}

function readParts(parts: readonly ChatPart[], place: string): Content {
  const texts: string[] = [];
  const images: Image[] = [];
  const left: string[] = [];
  parts.forEach((part, index) => {
    const param = `${place}.content[${String(index)}]`;
    if (part.text !== undefined && /^(?:input_|output_)?text$/u.test(part.type)) texts.push(part.text);
    else if (part.type === 'image_url' || part.type === 'input_image') {
      const image = readImage(typeof part.image_url === 'object' ? part.image_url.url : part.image_url, `${param}.image_url`);
      if (image === undefined) left.push('an image was left out: URLs are not fetched, send it as a data URI');
      else images.push(image);
    } else if (part.type !== 'refusal') left.push(`a part of type ${JSON.stringify(part.type.slice(0, 40))} was left out`);
  });
  return { text: texts.join('\n'), images, left };
}

function readContent({ content }: ChatMessage, place: string): Content {
  if (typeof content === 'string') return { text: content, images: [], left: [] };
  return readParts(content ?? [], place);
}

/** The tool that a result is of, by the call that it answers. */
function toolOf(messages: readonly ChatMessage[], index: number): { readonly id: string; readonly name: string } {
  const id = messages[index]?.tool_call_id ?? '';
  const call = messages.slice(0, index).flatMap(({ tool_calls }) => tool_calls ?? []).findLast((each) => each.id === id);
  const param = `messages[${String(index)}].tool_call_id`;
  if (call === undefined) throw new MassgenError('request-invalid', `${param} answers no tool call of an earlier assistant message`, { param });
  return { id, name: call.function.name };
}

/** Calls that have no result get one that says so: vendors refuse a conversation in which one is missing. */
function withMissingResults(messages: readonly HistoryMessage[]): readonly HistoryMessage[] {
  const answered = new Set(messages.flatMap(({ callId }) => callId ?? []));
  return messages.flatMap((message) => {
    const open = (message.toolCalls ?? []).filter(({ id }) => !answered.has(id));
    return [message, ...open.map(({ id, name }): HistoryMessage => ({ role: 'tool', text: '(no result was given)', callId: id, name }))];
  });
}

interface Said {
  readonly message: HistoryMessage;
  readonly left: readonly string[];
}

function toSaid(messages: readonly ChatMessage[], index: number): Said | undefined {
  const message = messages[index];
  if (message === undefined) return undefined;
  const { text, images, left } = readContent(message, `messages[${String(index)}]`);
  switch (message.role) {
    case 'system':
    case 'developer':
      return { message: { role: 'system', text }, left };
    case 'function':
      return { message: { role: 'user', text: `[result of ${message.name ?? 'a function'}] ${text}` }, left };
    case 'user':
      return { message: { role: 'user', text, ...(images.length === 0 ? {} : { images }) }, left };
    case 'tool': {
      const { id, name } = toolOf(messages, index);
      return { message: { role: 'tool', text, callId: id, name }, left };
    }
    case 'assistant': {
      const toolCalls = (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, argumentsText: call.function.arguments }));
      return { message: { role: 'assistant', text, ...(toolCalls.length === 0 ? {} : { toolCalls }) }, left };
    }
  }
}

const saysSomething = ({ text, images, toolCalls, role }: HistoryMessage): boolean => text.trim() !== '' || images !== undefined || toolCalls !== undefined || role === 'tool';

/** The conversation of a request: the last thing a user said is the task. Throws `request-invalid`. */
export function readConversation(messages: readonly ChatMessage[]): Conversation {
  const said = messages.flatMap((_message, index) => toSaid(messages, index) ?? []);
  const all = said.map(({ message }) => message).filter(saysSomething);
  const notes = [...new Set(said.flatMap(({ left }) => left))];
  const last = all.findLastIndex(({ role }) => role === 'user');
  const task = all[last];
  if (task === undefined) {
    const why = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    throw new MassgenError('request-invalid', `No user message found in request${why}`, { param: 'messages', reason: 'missing_message' });
  }
  const first = all.findIndex(({ role }) => role !== 'system');
  const instructions = all.slice(0, first).map(({ text }) => text).join('\n\n');
  const trail = withMissingResults(all.slice(last + 1));
  return {
    prompt: task.text,
    history: withMissingResults(all.slice(first, last)),
    request: {
      ...(instructions === '' ? {} : { instructions }),
      ...(task.images === undefined ? {} : { images: task.images }),
      ...(trail.length === 0 ? {} : { trail }),
    },
    notes,
  };
}
