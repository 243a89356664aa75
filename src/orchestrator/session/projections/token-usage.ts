import type { AgentId } from '../../protocol.js';
import { roundsOf, type CallRecord, type TurnRecord } from './turn-record.js';

/** Tokens and money of some calls. Cached tokens are part of the input, reasoning tokens part of the output. US dollars, null when a price is unknown. */
export interface TokenUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cached_input_tokens: number;
  readonly estimated_cost: number | null;
}

/** Millionths of a dollar as dollars. */
const dollars = (micros: number): number => Math.round(micros) / 1e6;

export function sumUsage(calls: readonly CallRecord[]): TokenUsage {
  const sum = { input_tokens: 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 };
  let micros = 0;
  let known = true;
  for (const { usage, costMicros } of calls) {
    if (usage === null) continue;
    sum.input_tokens += usage.inputTokens;
    sum.output_tokens += usage.outputTokens;
    sum.reasoning_tokens += usage.reasoningTokens ?? 0;
    sum.cached_input_tokens += usage.cachedInputTokens ?? 0;
    known &&= costMicros !== null;
    micros += costMicros ?? 0;
  }
  return { ...sum, estimated_cost: known ? dollars(micros) : null };
}

/** The tokens of a whole run, as its state has added them up. */
export function totalUsage({ state: { spent } }: TurnRecord): TokenUsage {
  const { inputTokens, outputTokens, reasoningTokens = 0, cachedInputTokens = 0 } = spent.usage;
  return { input_tokens: inputTokens, output_tokens: outputTokens, reasoning_tokens: reasoningTokens, cached_input_tokens: cachedInputTokens, estimated_cost: spent.costKnown ? dollars(spent.costMicros) : null };
}

export const callsOf = (record: TurnRecord, agent: AgentId): readonly CallRecord[] => roundsOf(record, agent).flatMap(({ calls }) => calls);
