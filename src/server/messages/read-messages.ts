import { MassgenError } from '../../errors.js';
import type { HistoryMessage } from '../../orchestrator/index.js';
import { toConversation, type Conversation, type Said } from '../runs/conversation.js';
import { whatFollows, type Image } from '../runs/images.js';
import type { InputBlock, InputMessage } from './messages-types.js';
import { partsOf, readBlocks, type BlockContent } from './read-blocks.js';

/** What stands at the end where the caller has begun the reply itself: most vendors take no conversation that ends with an assistant. */
const CONTINUE = 'Your last message is the beginning of your reply, and is already with me. Continue it from exactly where it ends: do not repeat it, do not begin anew, and say nothing about this.';

const refuse = (message: string, param: string): never => {
  throw new MassgenError('request-invalid', message, { param });
};

const isText = (text: string): boolean => text !== '';
const userMessage = (text: string, images: readonly Image[]): HistoryMessage => ({ role: 'user', text, ...(images.length === 0 ? {} : { images }) });

/** Reads messages in order; results must answer calls that were made before, each once. */
class MessageReader {
  readonly said: Said[] = [];
  /** The tool of each call so far, and whether it waits for its result. */
  private readonly calls = new Map<string, { readonly name: string; open: boolean }>();

  read({ role, content }: InputMessage, place: string): void {
    const blocks: readonly InputBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    if (role === 'user') this.user(blocks, place);
    else if (role === 'assistant') this.assistant(blocks, place);
    else {
      const { texts, left } = readBlocks(blocks, place);
      this.said.push({ message: { role: 'system', text: texts.join('\n') }, left });
    }
  }

  private assistant(blocks: readonly InputBlock[], place: string): void {
    const own = blocks.filter(({ type }) => type !== 'tool_use');
    const { texts, left } = readBlocks(own, place);
    const toolCalls = blocks.flatMap(({ type, id = '', name = '', input = {} }) => (type === 'tool_use' ? [{ id, name, argumentsText: JSON.stringify(input) }] : []));
    const twice = toolCalls.find(({ id }, index) => toolCalls.findIndex((each) => each.id === id) !== index);
    if (twice !== undefined) refuse(`${place} holds two tool_use blocks with the id ${JSON.stringify(twice.id.slice(0, 100))}`, place);
    for (const { id, name } of toolCalls) this.calls.set(id, { name, open: true });
    this.said.push({ message: { role: 'assistant', text: texts.filter(isText).join('\n'), ...(toolCalls.length === 0 ? {} : { toolCalls }) }, left });
  }

  private user(blocks: readonly InputBlock[], place: string): void {
    const results = blocks.filter(({ type }) => type === 'tool_result');
    const seen: BlockContent = { texts: [], images: [], left: [] };
    blocks.forEach((block, index) => {
      if (block.type === 'tool_result') this.result(block, `${place}[${String(index)}]`, seen);
      else if (block.type === 'tool_use') refuse(`${place}[${String(index)}] is a tool_use, which only an assistant makes`, `${place}[${String(index)}].type`);
    });
    const own = readBlocks(results.length === 0 ? blocks : blocks.filter(({ type }) => type !== 'tool_result'), place);
    const text = [...seen.texts, ...own.texts].filter(isText).join('\n');
    const images = [...seen.images, ...own.images];
    const left = [...seen.left, ...own.left];
    const before = this.said.at(-1);
    // Turns of one role that follow each other are one, as Anthropic has it.
    if (results.length === 0 && before?.message.role === 'user' && before.aside !== true) {
      this.said[this.said.length - 1] = { message: userMessage([before.message.text, text].filter(isText).join('\n\n'), [...(before.message.images ?? []), ...images]), left: [...before.left, ...left] };
    } else this.said.push({ message: userMessage(text, images), left, aside: results.length > 0 });
  }

  /** A tool's message holds text only: its images follow in one of the user. */
  private result({ tool_use_id: id = '', content, is_error: failed }: InputBlock, place: string, seen: BlockContent): void {
    const call = this.calls.get(id);
    if (call === undefined) return refuse(`${place}.tool_use_id answers no tool_use block of an earlier assistant message`, `${place}.tool_use_id`);
    if (!call.open) return refuse(`${place}.tool_use_id has a result already`, `${place}.tool_use_id`);
    call.open = false;
    const { texts, images, left } = readBlocks(partsOf(content), `${place}.content`);
    const text = [...texts, ...whatFollows(images)].join('\n');
    this.said.push({ message: { role: 'tool', text: failed === true ? `Error: ${text}` : text, callId: id, name: call.name }, left });
    if (images.length === 0) return;
    seen.texts.push(images.length === 1 ? `(The image is the result of ${call.name}.)` : `(The images are the result of ${call.name}.)`);
    seen.images.push(...images);
  }
}

/** A conversation, and the words that the caller has put at the beginning of the reply. */
export interface MessagesConversation extends Conversation {
  readonly prefill: string;
}

/** The conversation of a request. Throws `request-invalid`. */
export function readMessages(messages: readonly InputMessage[], system: string | readonly InputBlock[]): MessagesConversation {
  const reader = new MessageReader();
  messages.forEach((message, index) => {
    reader.read(message, `messages[${String(index)}].content`);
  });
  const { said } = reader;
  const last = said.at(-1)?.message;
  const prefill = last?.role === 'assistant' && last.toolCalls === undefined ? last.text : '';
  const asked = said.some(({ message: { role, text, images } }) => role === 'user' && (text.trim() !== '' || images !== undefined));
  if (asked && prefill.trim() !== '') said.push({ message: { role: 'user', text: CONTINUE }, left: [], aside: true });
  const instructions = readBlocks(system, 'system').texts.filter(isText).join('\n\n');
  const first: readonly Said[] = instructions === '' ? [] : [{ message: { role: 'system', text: instructions }, left: [] }];
  return { ...toConversation([...first, ...said], 'messages'), prefill: prefill.trim() === '' ? '' : prefill };
}
