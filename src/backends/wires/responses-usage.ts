import type { Usage } from '../contract.js';
import { countOf, isObject, objectOf } from './json.js';

/** Usage of the Responses API (https://platform.openai.com/docs/api-reference/responses/object): cached and reasoning tokens are parts. */
export function responsesUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const cached = countOf(objectOf(value['input_tokens_details'])?.['cached_tokens']);
  const reasoning = countOf(objectOf(value['output_tokens_details'])?.['reasoning_tokens']);
  return {
    inputTokens: countOf(value['input_tokens']),
    outputTokens: countOf(value['output_tokens']),
    ...(cached > 0 ? { cachedInputTokens: cached } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
  };
}
