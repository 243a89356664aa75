import { MassgenError } from '../../errors.js';
import { toConversation, type Conversation, type Said } from '../runs/conversation.js';
import { readImage, type Image } from '../runs/images.js';
import { ShownImages } from '../runs/shown-images.js';
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

/** Of a message that holds text only. */
const withoutImages = ({ images, left }: Content): readonly string[] => (images.length === 0 ? left : [...left, 'an image was left out: only users and tools show images']);

/** Reads messages in order; results must answer a call that was made before. */
class MessageReader {
  readonly said: Said[] = [];
  /** The tool of each call so far. */
  private readonly names = new Map<string, string>();
  private readonly shown = new ShownImages();

  read(message: ChatMessage, place: string): void {
    if (message.role !== 'tool') this.show();
    const content = readContent(message, place);
    const { text, images, left } = content;
    switch (message.role) {
      case 'system':
      case 'developer':
        this.said.push({ message: { role: 'system', text }, left: withoutImages(content) });
        return;
      case 'function':
        this.said.push({ message: { role: 'user', text: `[result of ${message.name ?? 'a function'}] ${text}` }, left: withoutImages(content) });
        return;
      case 'user':
        this.said.push({ message: { role: 'user', text, ...(images.length === 0 ? {} : { images }) }, left });
        return;
      case 'tool':
        this.result(message, place, content);
        return;
      case 'assistant':
        this.assistant(message, content);
    }
  }

  show(): void {
    this.said.push(...this.shown.next());
  }

  private result({ tool_call_id: id }: ChatMessage, place: string, { text, images, left }: Content): void {
    const name = this.names.get(id ?? '');
    const param = `${place}.tool_call_id`;
    if (id == null || name === undefined) throw new MassgenError('request-invalid', `${param} answers no tool call of an earlier assistant message; send that message, and the question before it, too`, { param });
    this.said.push({ message: { role: 'tool', text: this.shown.take(name, text, images), callId: id, name }, left });
  }

  private assistant({ tool_calls: calls, refusal }: ChatMessage, content: Content): void {
    const { text } = content;
    const toolCalls = (calls ?? []).map((call) => ({ id: call.id, name: call.function.name, argumentsText: call.function.arguments }));
    for (const { id, name } of toolCalls) this.names.set(id, name);
    this.said.push({ message: { role: 'assistant', text: text === '' ? (refusal ?? '') : text, ...(toolCalls.length === 0 ? {} : { toolCalls }) }, left: withoutImages(content) });
  }
}

/** The conversation of a request. Throws `request-invalid`. */
export function readConversation(messages: readonly ChatMessage[]): Conversation {
  const reader = new MessageReader();
  messages.forEach((message, index) => {
    reader.read(message, `messages[${String(index)}]`);
  });
  reader.show();
  return toConversation(reader.said, 'messages');
}
