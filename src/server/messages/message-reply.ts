import { randomBytes } from 'node:crypto';
import type { RunResult } from '../../orchestrator/index.js';
import { metadataOf } from '../chat/chat-reply.js';
import type { ReplyHead } from '../runs/dialect.js';
import type { ServedReply, ServedToolCall, Source } from '../runs/serve-event.js';
import { stopAt, withoutBeginning, type StopFilter, type TextFilter } from './cut-text.js';
import { citationOf, reasonOf, signatureOf, toolUseOf, usageBefore, usageOf, wholeUsage, type MessageUsage, type OutputBlock, type StopReason } from './message-parts.js';
import type { ReplyWishes } from './read-request.js';

/** One event of a message's stream (https://platform.claude.com/docs/en/build-with-claude/streaming). */
export interface MessageEvent {
  readonly type: string;
}

interface Ending {
  readonly reason: StopReason;
  readonly met: string | null;
  readonly usage: MessageUsage;
  readonly explanation?: string;
  readonly metadata?: object;
}

const FILTERED = 'The provider’s filter ended the reply.';

function stopped(ending: Ending | null): object {
  const { reason = null, met = null, explanation } = ending ?? {};
  return { stop_reason: reason, stop_sequence: met, stop_details: explanation === undefined ? null : { type: 'refusal', category: null, explanation } };
}

/**
 * A message as it comes to be: each function returns the events that tell of it, and `message` is what they come to.
 * Its blocks are: thinking, if there is any; text; the calls of the caller's tools.
 */
export class MessageReply {
  private readonly id = `msg_${randomBytes(16).toString('hex')}`;
  private readonly head: ReplyHead;
  private readonly inputTokens: number;
  private readonly silent: boolean;
  private readonly hidden: boolean;
  private readonly stop: StopFilter;
  private readonly beginning: TextFilter;
  private readonly blocks: OutputBlock[] = [];
  private current: { readonly type: 'thinking' | 'text'; text: string } | null = null;
  /** Of the text that comes or is there. */
  private sources: readonly Source[] = [];
  private ending: Ending | null = null;

  /** `inputTokens`: an estimate, for clients that want to know before anybody does. */
  constructor(head: ReplyHead, wishes: ReplyWishes, inputTokens: number) {
    this.head = head;
    this.inputTokens = inputTokens;
    this.silent = wishes.silent;
    this.hidden = wishes.hidden;
    this.stop = stopAt(wishes.stopSequences);
    this.beginning = withoutBeginning(wishes.prefill);
  }

  /** Of a message with nothing in it, however much has come already. */
  open(): readonly MessageEvent[] {
    return [{ type: 'message_start', message: this.messageOf([], null) } as MessageEvent];
  }

  think(text: string): readonly MessageEvent[] {
    if (this.silent) return [];
    const events = this.turnTo('thinking');
    this.add(text);
    return this.hidden ? events : [...events, this.delta({ type: 'thinking_delta', thinking: text })];
  }

  say(text: string): readonly MessageEvent[] {
    return this.write(this.stop.take(this.beginning.take(text)));
  }

  /** Told when the text is complete. */
  cite(source: Source): void {
    this.sources = [...this.sources, source];
  }

  call(call: ServedToolCall): readonly MessageEvent[] {
    const before = this.rest();
    if (this.stop.met() !== null) return before;
    const block = toolUseOf(call);
    const index = this.blocks.length + (this.current === null ? 0 : 1);
    const events = [...before, ...this.close(), { type: 'content_block_start', index, content_block: { ...block, input: {} } }, this.delta({ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }), { type: 'content_block_stop', index }];
    this.blocks.push(block);
    return events;
  }

  end({ finish, result, delivered }: Pick<ServedReply, 'finish' | 'result' | 'delivered'>): readonly MessageEvent[] {
    const before = this.rest();
    const met = this.stop.met();
    const reason = reasonOf(finish, met);
    return [...before, ...this.finish({ reason, met, usage: usageOf(delivered), metadata: this.metadata(result), ...(reason === 'refusal' ? { explanation: FILTERED } : {}) })];
  }

  /** The provider would not answer. */
  refuse(explanation: string): readonly MessageEvent[] {
    return this.finish({ reason: 'refusal', met: null, usage: usageBefore(0), explanation });
  }

  message(): object {
    return this.messageOf([...this.blocks], this.ending);
  }

  private messageOf(content: readonly OutputBlock[], ending: Ending | null): object {
    return {
      id: this.id,
      type: 'message',
      role: 'assistant',
      model: this.head.model,
      content,
      ...stopped(ending),
      usage: wholeUsage(ending?.usage ?? usageBefore(this.inputTokens)),
      container: null,
      diagnostics: null,
      ...(ending?.metadata === undefined ? {} : { massgen_metadata: ending.metadata }),
    };
  }

  private metadata(result: RunResult): object {
    const { session, request: { notes } } = this.head;
    return { ...metadataOf(result, session), ...(notes.length === 0 ? {} : { notes }) };
  }

  private finish(ending: Ending): readonly MessageEvent[] {
    const closed = this.close();
    this.ending = ending;
    const { usage, metadata } = ending;
    return [
      ...closed,
      { type: 'message_delta', delta: { ...stopped(ending), container: null }, usage: { ...usage, server_tool_use: null }, ...(metadata === undefined ? {} : { massgen_metadata: metadata }) } as MessageEvent,
      { type: 'message_stop' },
    ];
  }

  private rest(): readonly MessageEvent[] {
    const held = this.stop.take(this.beginning.end());
    return this.write(held + this.stop.end());
  }

  private write(text: string): readonly MessageEvent[] {
    if (text === '') return [];
    const events = this.turnTo('text');
    this.add(text);
    return [...events, this.delta({ type: 'text_delta', text })];
  }

  private add(text: string): void {
    if (this.current !== null) this.current.text += text;
  }

  private turnTo(type: 'thinking' | 'text'): readonly MessageEvent[] {
    if (this.current?.type === type) return [];
    const closed = this.close();
    this.current = { type, text: '' };
    const empty = type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' };
    return [...closed, { type: 'content_block_start', index: this.blocks.length, content_block: empty } as MessageEvent];
  }

  private close(): readonly MessageEvent[] {
    const { current } = this;
    if (current === null) return [];
    const index = this.blocks.length;
    const citations = current.type === 'text' ? this.sources.map(citationOf) : [];
    const signed = current.type === 'text' ? citations.map((citation) => this.delta({ type: 'citations_delta', citation })) : [this.delta({ type: 'signature_delta', signature: signatureOf(current.text) })];
    this.blocks.push(current.type === 'text' ? { type: 'text', text: current.text, ...(citations.length === 0 ? {} : { citations }) } : { type: 'thinking', thinking: this.hidden ? '' : current.text, signature: signatureOf(current.text) });
    this.current = null;
    return [...signed, { type: 'content_block_stop', index } as MessageEvent];
  }

  private delta(delta: object): MessageEvent {
    return { type: 'content_block_delta', index: this.blocks.length, delta } as MessageEvent;
  }
}
