import type { Backend, Usage } from '../backends/contract.js';
import type { ResolvedBackend } from '../backends/resolve.js';
import { MassgenError } from '../errors.js';
import { costOf } from '../orchestrator/coordination/budget.js';
import type { Price } from '../orchestrator/index.js';

const DATA = '@pydantic/genai-prices';
/** Less than this many millionths is a rounding error of binary fractions. */
const EXACT = 6;
const FREE: Price = { input: 0, cachedInput: 0, output: 0, source: 'local' };

/** What a model's calls cost; loads the price data on first need only. */
export interface Pricing {
  /** Millionths of a US dollar; null when the model's price is not known. Never rejects. */
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

/** The price data refuses parts that are more than the whole, which some vendors report. */
function partsOf({ inputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, outputTokens }: Usage): Readonly<Record<string, number>> {
  const read = Math.min(cachedInputTokens, inputTokens);
  return { input_tokens: inputTokens, cache_read_tokens: read, cache_write_tokens: Math.min(cacheWriteTokens, inputTokens - read), output_tokens: outputTokens };
}

function fromData(provider: string | undefined, model: string): Pricing {
  const total = async (usage: Usage): Promise<number | null> => {
    if (provider === undefined) return null;
    const { calcPrice } = await import('@pydantic/genai-prices');
    try {
      return calcPrice(partsOf(usage), model, { providerId: provider })?.total_price ?? null;
    } catch {
      return null;
    }
  };
  return {
    cost: async (usage) => {
      const dollars = await total(usage);
      return dollars === null ? null : Math.ceil(Number((dollars * 1e6).toFixed(EXACT)));
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

/** The prices of backends that stand in for each other: each call at the price of the one that answered, estimates at the dearest. */
export function sharedPricing(connections: readonly { readonly backend: Backend; readonly pricing: Pricing }[]): Pricing {
  const [first] = connections;
  return {
    cost: (usage) => {
      const { by } = usage;
      const answered = by === undefined ? first : connections.find(({ backend }) => backend.id === by.backend && backend.model === by.model);
      return answered?.pricing.cost(usage) ?? Promise.resolve(null);
    },
    perMillion: async () => {
      const prices = await Promise.all(connections.map(({ pricing }) => pricing.perMillion()));
      return prices.reduce((dearest, price) => (dearest === null || price === null ? null : price.output > dearest.output ? price : dearest));
    },
  };
}

/** For a run with a cost limit: the price, or an error that says how to give one. */
export async function requirePrice(pricing: Pricing, agent: string, backend: string, model: string): Promise<Price> {
  const price = await pricing.perMillion();
  if (price !== null) return price;
  throw new MassgenError('price-unknown', `a cost limit needs a price for ${model} (agent ${agent}, backend ${backend}); set backend.price: {input, output} in US dollars per million tokens, or limit tokens instead`);
}
