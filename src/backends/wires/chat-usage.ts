import type { Usage } from '../contract.js';
import { countOf, isObject, objectOf } from './json.js';
import { ticksCost } from './responses-usage.js';

/**
 * Usage of the chat completions API (https://platform.openai.com/docs/api-reference/chat/object). Cached tokens are part
 * of `prompt_tokens`, reasoning tokens of `completion_tokens`; a vendor that counts reasoning beside them (its total says
 * so) is brought into that form. `cost` in US dollars is OpenRouter's.
 */
export function chatUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countOf(value['prompt_tokens']);
  const output = countOf(value['completion_tokens']);
  const inputDetails = objectOf(value['prompt_tokens_details']);
  const reasoning = countOf(objectOf(value['completion_tokens_details'])?.['reasoning_tokens']);
  const cached = countOf(inputDetails?.['cached_tokens']) || countOf(value['cached_tokens']) || countOf(value['prompt_cache_hit_tokens']);
  const written = countOf(inputDetails?.['cache_write_tokens']);
  const beside = reasoning > 0 && value['total_tokens'] === input + output + reasoning;
  const cost = value['cost'];
  return {
    inputTokens: input,
    outputTokens: beside ? output + reasoning : output,
    ...(cached > 0 ? { cachedInputTokens: cached } : {}),
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
    ...ticksCost(value),
    ...(typeof cost === 'number' && cost >= 0 ? { costMicros: Math.round(cost * 1e6) } : {}),
  };
}
