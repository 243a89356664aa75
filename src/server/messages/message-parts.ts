import { createHash } from 'node:crypto';
import type { RunResult } from '../../orchestrator/index.js';
import type { Finish, ServedToolCall } from '../runs/serve-event.js';

/** Blocks of a reply, as the Messages API has them (https://platform.claude.com/docs/en/api/messages/create). */
export type OutputBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Readonly<Record<string, unknown>>; readonly caller: { readonly type: 'direct' } };

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';

export interface MessageUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number };
}

/** Of every call of the run. What was read from a vendor's cache is not in `input_tokens` here, as Anthropic counts. */
export function usageOf({ usage }: Pick<RunResult, 'usage'>): MessageUsage {
  const cached = Math.min(usage.cached_tokens, usage.prompt_tokens);
  return {
    input_tokens: usage.prompt_tokens - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: usage.completion_tokens,
    output_tokens_details: { thinking_tokens: usage.reasoning_tokens },
  };
}

export const usageBefore = (inputTokens: number): MessageUsage => ({ input_tokens: inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0, output_tokens_details: { thinking_tokens: 0 } });

/** The usage of a whole message has more fields than that of a delta. */
export const wholeUsage = (usage: MessageUsage): object => ({ ...usage, cache_creation: null, inference_geo: null, server_tool_use: null, service_tier: 'standard', speed: null });

const REASONS: Readonly<Record<Finish, StopReason>> = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' };

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
