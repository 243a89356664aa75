import type { Usage } from '../backends/contract.js';
import type { ResolvedBackend } from '../backends/resolve.js';
import { MassgenError } from '../errors.js';
import { costOf } from '../orchestrator/coordination/budget.js';
import type { Price } from '../orchestrator/index.js';

const DATA = '@pydantic/genai-prices';
const FREE: Price = { input: 0, cachedInput: 0, output: 0, source: 'local' };

/** What a model's calls cost; loads the price data on first need only. */
export interface Pricing {
  /** Millionths of a US dollar; null when the model's price is not known. */
  cost(usage: Usage): Promise<number | null>;
  /** US dollars per million tokens, for estimates; null when not known. */
  perMillion(): Promise<Price | null>;
}

interface GivenPrice {
  readonly input: number;
  readonly output: number;
  readonly cached_input?: number;
}

function fixed(price: Price): Pricing {
  return { cost: (usage) => Promise.resolve(costOf(usage, price)), perMillion: () => Promise.resolve(price) };
}

function fromData(provider: string | undefined, model: string): Pricing {
  const total = async (usage: Usage): Promise<number | null> => {
    if (provider === undefined) return null;
    const { calcPrice } = await import('@pydantic/genai-prices');
    const parts = { input_tokens: usage.inputTokens, cache_read_tokens: usage.cachedInputTokens ?? 0, cache_write_tokens: usage.cacheWriteTokens ?? 0, output_tokens: usage.outputTokens };
    return calcPrice(parts, model, { providerId: provider })?.total_price ?? null;
  };
  return {
    cost: async (usage) => {
      const dollars = await total(usage);
      return dollars === null ? null : Math.ceil(dollars * 1e6);
    },
    perMillion: async () => {
      const [input, cachedInput, output] = await Promise.all([total({ inputTokens: 1000, outputTokens: 0 }), total({ inputTokens: 1000, cachedInputTokens: 1000, outputTokens: 0 }), total({ inputTokens: 0, outputTokens: 1000 })]);
      return input === null || cachedInput === null || output === null ? null : { input: input * 1000, cachedInput: cachedInput * 1000, output: output * 1000, source: DATA };
    },
  };
}

/** The price of a backend's model: the configured one, nothing for what runs here, else the price data. */
export function pricingOf({ row, endpoint }: ResolvedBackend): Pricing {
  const given = endpoint.config.price as GivenPrice | undefined;
  if (given !== undefined) return fixed({ input: given.input, cachedInput: given.cached_input ?? given.input, output: given.output, source: 'config' });
  if (row.local === true || row.offline === true) return fixed(FREE);
  return fromData(row.priceProvider, endpoint.model);
}

/** For a run with a cost limit: the price, or an error that says how to give one. */
export async function requirePrice(pricing: Pricing, agent: string, backend: string, model: string): Promise<Price> {
  const price = await pricing.perMillion();
  if (price !== null) return price;
  throw new MassgenError('price-unknown', `a cost limit needs a price for ${model} (agent ${agent}, backend ${backend}); set backend.price: {input, output} in US dollars per million tokens, or limit tokens instead`);
}
