import type { Fact } from '../protocol.js';
import type { Spent } from './state.js';

/** What has been spent once a call has ended. */
export function addSpent(spent: Spent, fact: Extract<Fact, { type: 'call-end' }>): Spent {
  const { usage } = fact;
  const sum = (name: 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens'): number => (spent.usage[name] ?? 0) + (usage[name] ?? 0);
  return {
    tokens: spent.tokens + usage.inputTokens + usage.outputTokens,
    costMicros: spent.costMicros + (fact.costMicros ?? 0),
    costKnown: spent.costKnown && fact.costMicros !== null,
    usage: {
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      cachedInputTokens: sum('cachedInputTokens'),
      cacheWriteTokens: sum('cacheWriteTokens'),
      reasoningTokens: sum('reasoningTokens'),
    },
  };
}
