import type { Usage } from '../contract.js';
import { countOf, isObject } from './json.js';

/**
 * `usageMetadata` of the Gemini API (https://ai.google.dev/api/generate-content#UsageMetadata): thoughts stand beside the
 * candidates, results of built-in tools beside the prompt, cached tokens are part of the prompt.
 */
export function geminiUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const thoughts = countOf(value['thoughtsTokenCount']);
  const cached = countOf(value['cachedContentTokenCount']);
  return {
    inputTokens: countOf(value['promptTokenCount']) + countOf(value['toolUsePromptTokenCount']),
    outputTokens: countOf(value['candidatesTokenCount']) + thoughts,
    ...(cached > 0 ? { cachedInputTokens: cached } : {}),
    ...(thoughts > 0 ? { reasoningTokens: thoughts } : {}),
  };
}
