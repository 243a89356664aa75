import type { ToolFee, Usage } from '../contract.js';
import { countOf, isObject, objectOf, stringOf } from './json.js';

/** xAI's ticks in a millionth of a dollar (https://docs.x.ai/developers/cost-tracking). */
const TICKS = 10_000;

/** What the vendor has charged, where it says so (xAI). */
export function ticksCost(usage: Readonly<Record<string, unknown>>): { readonly costMicros?: number } {
  const ticks = usage['cost_in_usd_ticks'];
  return typeof ticks === 'number' && ticks >= 0 ? { costMicros: Math.ceil(ticks / TICKS) } : {};
}

/** Usage of the Responses API (https://platform.openai.com/docs/api-reference/responses/object): cached and reasoning tokens are parts. Uses of the vendor's tools are read out of the output, or counted by the vendor. */
export function responsesUsage(value: unknown, output: readonly unknown[] = []): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = objectOf(value['input_tokens_details']);
  const cached = countOf(input?.['cached_tokens']);
  const written = countOf(input?.['cache_write_tokens']);
  const reasoning = countOf(objectOf(value['output_tokens_details'])?.['reasoning_tokens']);
  const details = objectOf(value['server_side_tool_usage_details']);
  const uses = Object.entries(details === undefined ? usesIn(output) : reportedUses(details)).filter(([, count]) => count > 0);
  return {
    inputTokens: countOf(value['input_tokens']),
    outputTokens: countOf(value['output_tokens']),
    ...(cached > 0 ? { cachedInputTokens: cached } : {}),
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
    ...(uses.length > 0 ? { tools: Object.fromEntries(uses.map(([name, count]): [string, ToolFee] => [name, { uses: count }])) } : {}),
    ...ticksCost(value),
  };
}

/** `{web_search_calls: 2, …}` of xAI; what runs at other servers is no tool of the vendor's. */
const reportedUses = (details: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(details).flatMap(([name, count]) => (name.endsWith('_calls') && name !== 'mcp_calls' ? [[name.slice(0, -'_calls'.length), countOf(count)]] : [])));

/** OpenAI charges for each search, not for pages that are opened, and for each container of the code interpreter (https://platform.openai.com/docs/pricing). */
function usesIn(output: readonly unknown[]): Readonly<Record<string, number>> {
  const items = output.filter(isObject);
  const searches = items.filter((item) => item['type'] === 'web_search_call' && (stringOf(objectOf(item['action'])?.['type']) || 'search') === 'search').length;
  const containers = new Set(items.filter((item) => item['type'] === 'code_interpreter_call').map((item) => stringOf(item['container_id']))).size;
  return { web_search: searches, code_interpreter: containers };
}
