import type { ToolFee, Usage } from '../../backends/contract.js';
import type { Expense } from '../protocol.js';
import type { Spent } from './state.js';

type Fees = NonNullable<Usage['tools']>;

/** Uses of tools, and their fees where all are known. */
function addFees(before: Fees, more: Fees): Fees {
  const added = Object.entries(more).map(([name, { uses, costMicros }]): [string, ToolFee] => {
    const known = before[name];
    const cost = known === undefined ? costMicros : known.costMicros === undefined || costMicros === undefined ? undefined : known.costMicros + costMicros;
    return [name, { uses: (known?.uses ?? 0) + uses, ...(cost === undefined ? {} : { costMicros: cost }) }];
  });
  return { ...before, ...Object.fromEntries(added) };
}

type Charge = Expense & { readonly usageSource?: 'reported' | 'estimated' };

const isEstimate = ({ usage, estimated, usageSource }: Charge): boolean => (estimated === true || usageSource === 'estimated') && usage.inputTokens + usage.outputTokens > 0;

/** What has been spent with this, too. */
export function addSpent(spent: Spent, fact: Charge): Spent {
  const { usage } = fact;
  const sum = (name: 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens'): number => (spent.usage[name] ?? 0) + (usage[name] ?? 0);
  return {
    tokens: spent.tokens + usage.inputTokens + usage.outputTokens,
    costMicros: spent.costMicros + (fact.costMicros ?? 0),
    costKnown: spent.costKnown && fact.costMicros !== null,
    estimated: spent.estimated || isEstimate(fact),
    usage: {
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      cachedInputTokens: sum('cachedInputTokens'),
      cacheWriteTokens: sum('cacheWriteTokens'),
      reasoningTokens: sum('reasoningTokens'),
      ...(spent.usage.tools === undefined && usage.tools === undefined ? {} : { tools: addFees(spent.usage.tools ?? {}, usage.tools ?? {}) }),
    },
  };
}
