import type { ErrorData } from '../../errors.js';
import type { BackendEvent, Usage } from '../contract.js';
import { createBatch } from './batch.js';
import { createChatReply, type ChatReplyOptions } from './chat-reply.js';
import { chatUsage } from './chat-usage.js';
import { isObject, listOf, objectOf, type Json } from './json.js';
import { chatFrames, createFrameParser } from './repeated-frames.js';
import { brokenFrame, earlyEnd, unknownBody, type Reading } from './reading.js';

export interface ChatReadingOptions extends ChatReplyOptions {
  /** An error frame as our error. */
  readonly toError: (error: unknown) => ErrorData;
}

const VENDOR_BROKE_OFF: ErrorData = { code: 'backend-unavailable', message: 'the vendor broke off its reply' };

/** Reads the chat completions stream (https://platform.openai.com/docs/api-reference/chat-streaming) and its dialects. */
export function createChatReading({ toError, ...options }: ChatReadingOptions): Reading {
  const batch = createBatch();
  const reply = createChatReply(batch, options);
  const frames = createFrameParser(chatFrames);
  let usage: Usage | undefined;
  let finish: string | undefined;

  const close = (event: BackendEvent): BackendEvent[] => {
    if (usage) batch.push({ type: 'usage', usage });
    batch.push(event);
    return batch.drain();
  };
  const fail = (error: ErrorData): BackendEvent[] => close({ type: 'error', error });

  function conclude(): BackendEvent[] {
    if (finish === 'error' || finish === 'network_error') return fail(VENDOR_BROKE_OFF);
    const reason = reply.close(finish ?? 'stop');
    const items = reply.items();
    return close({ type: 'finish', reason, ...(items.length > 0 ? { items } : {}) });
  }

  /** The last events, if the chunk is an error. */
  function takeChunk(chunk: Json): BackendEvent[] | undefined {
    if (chunk['error']) return fail(toError(chunk['error']));
    const choice = objectOf(listOf(chunk['choices'])[0]);
    const spent = chunk['usage'] ?? choice?.['usage'] ?? objectOf(chunk['x_groq'])?.['usage'];
    if (spent) usage = chatUsage(spent) ?? usage;
    reply.cite(chunk['citations']);
    if (!choice) return undefined;
    reply.cite(choice['annotations']);
    if (choice['error']) return fail(toError(choice['error']));
    const delta = choice['delta'] ?? choice['message'];
    if (isObject(delta)) reply.take(delta);
    if (typeof choice['finish_reason'] === 'string' && choice['finish_reason'] !== '') finish = choice['finish_reason'];
    return undefined;
  }

  /** The last events, if the payload ends the reply. */
  function takePayload(payload: string): BackendEvent[] | undefined {
    if (payload === '') return undefined;
    if (payload === '[DONE]') return conclude();
    const chunk = frames.parse(payload);
    if (chunk === undefined) return fail(brokenFrame(payload));
    return isObject(chunk) ? takeChunk(chunk) : undefined;
  }

  return {
    take: (payloads) => {
      for (const payload of payloads) {
        const last = takePayload(payload);
        if (last) return last;
      }
      return batch.drain();
    },
    repeated: frames.repeated,
    whole: (body) => {
      if (!isObject(body) || (!body['choices'] && !body['error'])) return fail(unknownBody(JSON.stringify(body)));
      return takeChunk(body) ?? conclude();
    },
    end: (head) => (finish === undefined ? fail(earlyEnd(head)) : conclude()),
  };
}
