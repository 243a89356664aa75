import { createHash } from 'node:crypto';
import type { CallUsage, Finish, ServedToolCall, Source } from '../runs/serve-event.js';

/** What a page on the web was cited for; Anthropic alone has an index of it, and says which words. */
export interface Citation {
  readonly type: 'web_search_result_location';
  readonly url: string;
  readonly title: string | null;
  readonly encrypted_index: '';
  readonly cited_text: '';
}

export const citationOf = ({ url, title }: Source): Citation => ({ type: 'web_search_result_location', url, title: title === '' ? null : title, encrypted_index: '', cited_text: '' });

/** Blocks of a reply, as the Messages API has them (https://platform.claude.com/docs/en/api/messages/create). */
export type OutputBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string; readonly citations?: readonly Citation[] }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Readonly<Record<string, unknown>>; readonly caller: { readonly type: 'direct' } };

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';

export interface MessageUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number };
}

/**
 * Of the call that wrote the message: clients measure by it how full their context is, and hold it against `max_tokens`.
 * What was read from a vendor's cache, or written there, is not in `input_tokens`, as Anthropic counts.
 */
export function usageOf({ inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 }: CallUsage): MessageUsage {
  return {
    input_tokens: Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
  };
}

export const usageBefore = (inputTokens: number): MessageUsage => ({ input_tokens: inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0, output_tokens_details: { thinking_tokens: 0 } });

/** The usage of a whole message has more fields than that of a delta. */
export const wholeUsage = (usage: MessageUsage): object => ({ ...usage, cache_creation: null, inference_geo: null, server_tool_use: null, service_tier: 'standard', speed: null });

const REASONS: Readonly<Record<Finish, StopReason>> = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use', content_filter: 'refusal' };

export const reasonOf = (finish: Finish, met: string | null): StopReason => (met === null ? REASONS[finish] : 'stop_sequence');

/** Clients send it back and look at it no further, and neither do we: thinking that comes back is no part of the conversation. */
export const signatureOf = (thinking: string): string => createHash('sha256').update('massgen\n').update(thinking).digest('base64');

/** What a client may see of a call: an object, and an id of the characters that Anthropic's have. */
export function toolUseOf({ id, name, argumentsText }: ServedToolCall): Extract<OutputBlock, { type: 'tool_use' }> {
  return { type: 'tool_use', id: id.replaceAll(/[^\w-]/gu, '_') || `toolu_${signatureOf(argumentsText).replaceAll(/\W/gu, '').slice(0, 24)}`, name, input: inputOf(argumentsText), caller: { type: 'direct' } };
}

/** Arguments that are no object are handed on under a name that says so: whoever runs the tool can tell the model. */
function inputOf(argumentsText: string): Readonly<Record<string, unknown>> {
  if (argumentsText.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(argumentsText);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  return { invalid_arguments: argumentsText };
}
