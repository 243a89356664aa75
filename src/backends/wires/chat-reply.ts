import type { FinishReason, ProviderItem } from '../contract.js';
import type { Batch } from './batch.js';
import { createCite } from './chat-sources.js';
import { createToolCallJoiner } from './chat-tool-calls.js';
import { isObject, listOf, stringOf, type Json } from './json.js';
import { joinDetails, reasoningText } from './reasoning-details.js';

export const CHAT_WIRE = 'openai-chat';

export interface ChatReplyOptions {
  /** For tool calls to which the vendor gives no id. */
  readonly idPrefix: string;
  /** What of the reasoning the vendor wants back with the next request. */
  readonly keep?: 'reasoning_content' | 'reasoning_details';
}

/** The message that a reply's deltas add up to, said into a batch while it grows. */
export interface ChatReply {
  take(delta: Json): void;
  /** Sources of what is said; each is told once. */
  cite(sources: unknown): void;
  /** Ends the tool calls; the vendor's finish reason in our words. */
  close(finish: string): FinishReason;
  items(): readonly ProviderItem[];
}

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
};

export function createChatReply(batch: Batch, { idPrefix, keep }: ChatReplyOptions): ChatReply {
  const calls = createToolCallJoiner(idPrefix);
  const cite = createCite(batch);
  const details: Record<string, unknown>[] = [];
  let thought = '';
  let refused = false;

  function takeReasoning(delta: Json): void {
    if (keep === 'reasoning_details' && delta['reasoning_details']) joinDetails(details, delta['reasoning_details']);
    const text = stringOf(delta['reasoning_content']) || stringOf(delta['reasoning']) || reasoningText(delta['reasoning_details']);
    if (text === '') return;
    batch.reasoning(text);
    if (keep === 'reasoning_content') thought += text;
  }

  function takeText(content: unknown): void {
    if (typeof content === 'string') {
      if (content !== '') batch.text(content);
      return;
    }
    for (const part of listOf(content)) if (isObject(part)) takePart(part);
  }

  /** Mistral's thoughts stand among the parts of the text. */
  function takePart(part: Json): void {
    if (typeof part['text'] === 'string') batch.text(part['text']);
    const thoughts = part['type'] === 'thinking' ? reasoningText(part['thinking']) : '';
    if (thoughts !== '') batch.reasoning(thoughts);
  }

  return {
    take: (delta) => {
      takeReasoning(delta);
      takeText(delta['content']);
      const refusal = stringOf(delta['refusal']);
      if (refusal !== '') {
        refused = true;
        batch.text(refusal);
      }
      if (delta['tool_calls']) calls.take(delta['tool_calls'], batch);
      if (delta['function_call']) calls.take([{ index: 0, function: delta['function_call'] }], batch);
      cite(delta['annotations']);
    },
    cite,
    close: (finish) => {
      const called = calls.close(batch).length > 0;
      const reason = FINISH[finish] ?? 'stop';
      if (reason !== 'stop') return reason;
      return refused ? 'refusal' : called ? 'tool-calls' : 'stop';
    },
    items: () => {
      if (details.length > 0) return [{ wire: CHAT_WIRE, item: { reasoning_details: details } }];
      return thought === '' ? [] : [{ wire: CHAT_WIRE, item: { reasoning_content: thought } }];
    },
  };
}
