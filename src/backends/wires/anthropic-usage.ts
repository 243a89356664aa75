import type { Usage } from '../contract.js';
import { countOf, isObject, objectOf } from './json.js';

/** Figures of one response, as far as they are known; `null` and absent ones leave the earlier value. */
interface Counts {
  readonly fresh: number;
  readonly read: number;
  readonly written: number;
  readonly output: number;
  readonly thinking: number;
  readonly searches: number;
}

const NONE: Counts = { fresh: 0, read: 0, written: 0, output: 0, thinking: 0, searches: 0 };

/** Adds up what the responses of one call used; a paused reply takes several. */
export interface MessagesUsage {
  /** `usage` of a `message_start` or `message_delta`: cumulative within its response. */
  take(usage: unknown): void;
  /** The next response of the same call begins. */
  next(): void;
  total(): Usage | undefined;
}

/** Usage of the Messages API (https://platform.claude.com/docs/en/api/messages): cache tokens stand beside `input_tokens`, thinking is part of `output_tokens`. */
export function createMessagesUsage(): MessagesUsage {
  let before = NONE;
  let current: Counts | undefined;

  return {
    take: (usage) => {
      if (!isObject(usage)) return;
      const known = current ?? NONE;
      const count = (name: string, old: number): number => (typeof usage[name] === 'number' ? countOf(usage[name]) : old);
      current = {
        fresh: count('input_tokens', known.fresh),
        read: count('cache_read_input_tokens', known.read),
        written: count('cache_creation_input_tokens', known.written),
        output: count('output_tokens', known.output),
        thinking: countOf(objectOf(usage['output_tokens_details'])?.['thinking_tokens']) || known.thinking,
        // The only tool that is charged for by the use (https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool).
        searches: countOf(objectOf(usage['server_tool_use'])?.['web_search_requests']) || known.searches,
      };
    },
    next: () => {
      before = sum(before, current ?? NONE);
      current = undefined;
    },
    total: () => (current === undefined && before === NONE ? undefined : usageOf(sum(before, current ?? NONE))),
  };
}

const sum = (one: Counts, other: Counts): Counts => ({
  fresh: one.fresh + other.fresh,
  read: one.read + other.read,
  written: one.written + other.written,
  output: one.output + other.output,
  thinking: one.thinking + other.thinking,
  searches: one.searches + other.searches,
});

function usageOf({ fresh, read, written, output, thinking, searches }: Counts): Usage {
  return {
    inputTokens: fresh + read + written,
    outputTokens: output,
    ...(read > 0 ? { cachedInputTokens: read } : {}),
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
    ...(thinking > 0 ? { reasoningTokens: thinking } : {}),
    ...(searches > 0 ? { tools: { web_search: { uses: searches } } } : {}),
  };
}
