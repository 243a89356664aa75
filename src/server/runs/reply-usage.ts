import type { RunRequest, RunResult } from '../../orchestrator/index.js';
import type { CallUsage } from './serve-event.js';

export type ReplyUsage = RunResult['usage'];

/**
 * What a reply says that it took. Without a token limit: the sum over all calls of all agents. With one: the call that wrote the
 * reply, since it is what the limit is held against.
 */
export function replyUsage({ usage }: RunResult, delivered: CallUsage, { sampling }: RunRequest): ReplyUsage {
  if (sampling?.max_tokens === undefined) return usage;
  const { inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0 } = delivered;
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens, cached_tokens: cachedInputTokens, reasoning_tokens: reasoningTokens };
}
