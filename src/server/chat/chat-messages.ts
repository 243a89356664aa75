import { MassgenError } from '../../errors.js';
import { toConversation, type Conversation, type Said } from '../runs/conversation.js';
import { readImage, type Image } from '../runs/images.js';
import type { ChatMessage, ChatPart } from './chat-types.js';

interface Content {
  readonly text: string;
  readonly images: readonly Image[];
  readonly left: readonly string[];
}

const TEXT = /^(?:input_|output_)?text$/u;

function readParts(parts: readonly ChatPart[], place: string): Content {
  const texts: string[] = [];
  const images: Image[] = [];
  const left: string[] = [];
  parts.forEach((part, index) => {
    const param = `${place}.content[${String(index)}]`;
    if (TEXT.test(part.type)) {
      if (part.text != null) texts.push(part.text);
    } else if (part.type === 'image_url' || part.type === 'input_image') {
      const image = readImage(typeof part.image_url === 'object' ? part.image_url?.url : part.image_url, `${param}.image_url`);
      if (image === undefined) left.push('an image was left out: URLs are not fetched, send it as a data URI');
      else images.push(image);
    } else if (part.type === 'refusal') texts.push(part.refusal ?? '');
    else left.push(`a part of type ${JSON.stringify(part.type.slice(0, 40))} was left out`);
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
      return { message: { role: 'assistant', text: text === '' ? (message.refusal ?? '') : text, ...(toolCalls.length === 0 ? {} : { toolCalls }) }, left };
    }
  }
}

/** The conversation of a request. Throws `request-invalid`. */
export const readConversation = (messages: readonly ChatMessage[]): Conversation => toConversation(messages.flatMap((_message, index) => toSaid(messages, index) ?? []), 'messages');
