import type { ErrorData } from '../../errors.js';
import type { BackendEvent, FinishReason } from '../contract.js';
import { ContentBlocks } from './anthropic-blocks.js';
import { CONTAINER, MESSAGES_WIRE } from './anthropic-conversation.js';
import type { Continuation } from './anthropic-request.js';
import { createMessagesUsage } from './anthropic-usage.js';
import { createBatch } from './batch.js';
import { isObject, listOf, objectOf, stringOf, type Json } from './json.js';
import { createFrameParser, messagesFrames } from './repeated-frames.js';
import { brokenFrame, earlyEnd, unknownBody, type Reading } from './reading.js';

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'refusal',
};

/**
 * Reads the event stream of the Messages API (https://platform.claude.com/docs/en/build-with-claude/streaming): one call,
 * which the vendor may pause (`pause_turn`) and want continued by another request.
 */
export class MessagesReading implements Reading {
  private readonly batch = createBatch();
  private readonly blocks = new ContentBlocks(this.batch);
  private readonly usage = createMessagesUsage();
  private readonly frames = createFrameParser(messagesFrames);
  readonly repeated = this.frames.repeated;
  private reason = '';
  private container = '';
  private state: 'open' | 'paused' | 'over' = 'open';
  private readonly toError: (error: unknown) => ErrorData;

  /** `toError` makes our error of an error frame. */
  constructor(toError: (error: unknown) => ErrorData) {
    this.toError = toError;
  }

  take(payloads: Iterable<string>): BackendEvent[] {
    for (const payload of payloads) {
      if (this.state !== 'open') break;
      const frame = this.frames.parse(payload);
      if (isObject(frame)) this.takeFrame(frame);
      else if (frame === undefined && payload !== '' && payload !== '[DONE]') this.fail(brokenFrame(payload));
    }
    return this.batch.drain();
  }

  whole(body: unknown): BackendEvent[] {
    for (const frame of framesOf(body)) this.takeFrame(frame);
    if (this.state === 'open') this.fail(unknownBody(JSON.stringify(body)));
    return this.batch.drain();
  }

  end(head: string): BackendEvent[] {
    // When the reason has come, only the last frame is missing.
    if (this.state === 'open' && this.reason !== '') this.conclude();
    else if (this.state === 'open') this.fail(earlyEnd(head));
    return this.batch.drain();
  }

  /** What to send so that a paused reply goes on, and this reading with it; undefined when it is over. */
  resume(): Continuation | undefined {
    if (this.state !== 'paused') return undefined;
    this.state = 'open';
    this.reason = '';
    this.usage.next();
    return { blocks: this.blocks.all(), ...(this.container === '' ? {} : { container: this.container }) };
  }

  private takeFrame(frame: Json): void {
    switch (frame['type']) {
      case 'content_block_delta':
        this.blocks.delta(frame);
        return;
      case 'content_block_start':
        this.blocks.start(frame);
        return;
      case 'content_block_stop':
        this.blocks.stop(frame);
        return;
      case 'message_start':
        this.takeContainer(objectOf(frame['message']));
        this.usage.take(objectOf(frame['message'])?.['usage']);
        return;
      case 'message_delta':
        this.takeEnding(objectOf(frame['delta']) ?? {}, frame['usage']);
        return;
      case 'message_stop':
        this.conclude();
        return;
      default:
        if (frame['error']) this.fail(this.toError(frame['error']));
    }
  }

  private takeContainer(holder: Json | undefined): void {
    const id = stringOf(objectOf(holder?.['container'])?.['id']);
    if (id !== '') this.container = id;
  }

  private takeEnding(delta: Json, usage: unknown): void {
    this.usage.take(usage);
    this.takeContainer(delta);
    this.reason = stringOf(delta['stop_reason']) || this.reason;
    // A refusal may come without a word: then its explanation is what there is to read.
    const why = stringOf(objectOf(delta['stop_details'])?.['explanation']);
    if (this.reason === 'refusal' && why !== '' && !this.blocks.spoken) this.batch.text(why);
  }

  private conclude(): void {
    this.blocks.close();
    if (this.reason === 'pause_turn') {
      this.state = 'paused';
      return;
    }
    const known = FINISH[this.reason] ?? 'stop';
    const calls = this.container !== '' && this.blocks.all().some(isCallFromCode);
    const items = [...(known === 'stop' || known === 'tool-calls' ? this.blocks.all() : this.blocks.whole()), ...(calls ? [{ type: CONTAINER, id: this.container }] : [])].map((item) => ({ wire: MESSAGES_WIRE, item }));
    this.close({ type: 'finish', reason: known === 'stop' && this.blocks.called ? 'tool-calls' : known, ...(items.length > 0 ? { items } : {}) });
  }

  private fail(error: ErrorData): void {
    this.close({ type: 'error', error });
  }

  private close(event: BackendEvent): void {
    this.state = 'over';
    const spent = this.usage.total();
    if (spent) this.batch.push({ type: 'usage', usage: spent });
    this.batch.push(event);
  }
}

/** Code at the vendor waits for its result. */
const isCallFromCode = (block: unknown): boolean => isObject(block) && block['type'] === 'tool_use' && stringOf(objectOf(block['caller'])?.['type']).startsWith('code_execution');

/** The frames that a server which streams would have sent for this message. */
function framesOf(body: unknown): readonly Json[] {
  const message = objectOf(body) ?? {};
  if (message['error']) return [{ type: 'error', error: message['error'] }];
  if (!Array.isArray(message['content'])) return [];
  return [
    { type: 'message_start', message },
    ...listOf(message['content']).flatMap((content_block, index) => [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: message },
    { type: 'message_stop' },
  ];
}
