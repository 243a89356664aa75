import type { Backend, BackendEvent, BackendRequest, ToolFee, Usage } from '../backends/contract.js';
import type { ResolvedBackend } from '../backends/resolve.js';
import type { BackendRow } from '../backends/spec.js';
import { MassgenError } from '../errors.js';
import { costOf } from '../orchestrator/coordination/budget.js';
import type { Price } from '../orchestrator/index.js';

const DATA = '@pydantic/genai-prices';
/** Less than this many millionths is a rounding error of binary fractions. */
const EXACT = 6;
const FREE: Price = { input: 0, cachedInput: 0, output: 0, source: 'local' };

/** What a model's calls cost; loads the price data on first need only. */
export interface Pricing {
  /** Where the figures come from, if there are any: `config`, `local` or the name of the price data. */
  readonly source: string;
  /** Millionths of a US dollar, fees for the vendor's tools included; null when the model's price, or that of a tool that was used, is not known. Never rejects. */
  cost(usage: Usage): Promise<number | null>;
  /** Millionths of a US dollar for one use of a tool that runs at the vendor; null when not known. Never rejects. */
  fee(tool: string): Promise<number | null>;
  /** US dollars per million tokens, for estimates; null when not known. */
  perMillion(): Promise<Price | null>;
}

interface GivenPrice {
  readonly input: number;
  readonly output: number;
  readonly cached_input?: number;
  /** Dollars for one use of each. */
  readonly tools?: Readonly<Record<string, number>>;
}

type Tokens = Omit<Pricing, 'fee'>;
type Fee = Pricing['fee'];

function fixed(price: Price): Tokens {
  return { source: price.source, cost: (usage) => Promise.resolve(costOf(usage, price)), perMillion: () => Promise.resolve(price) };
}

/** Tokens and tools together; a fee that the usage names already stands. */
function together({ source, cost, perMillion }: Tokens, fee: Fee): Pricing {
  return {
    source,
    fee,
    perMillion,
    cost: async (usage) => {
      const tools = Object.entries(usage.tools ?? {}).map(async ([name, { uses, costMicros }]) => costMicros ?? scaled(await fee(name), uses));
      const parts = await Promise.all([cost(usage), ...tools]);
      return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
    },
  };
}

const scaled = (fee: number | null, uses: number): number | null => (fee === null ? null : Math.ceil(fee * uses));

/** The units of the price data for a thousand uses of a tool. */
const UNITS: Readonly<Record<string, readonly [usage: string, price: string]>> = {
  web_search: ['web_searches', 'web_searches_kcount'],
  x_search: ['social_searches', 'social_searches_kcount'],
  file_search: ['storage_searches', 'storage_searches_kcount'],
};

function feesFromData(provider: string | undefined, model: string): Fee {
  return async (tool) => {
    const unit = UNITS[tool];
    if (provider === undefined || unit === undefined) return null;
    const { calcPrice } = await import('@pydantic/genai-prices');
    try {
      const found = calcPrice({ [unit[0]]: 1000 }, model, { providerId: provider });
      // The data leaves a unit out that it has no price for.
      return found?.model_price[unit[1]] === undefined ? null : found.total_price * 1000;
    } catch {
      return null;
    }
  };
}

/** The price data refuses parts that are more than the whole, which some vendors report. */
function partsOf({ inputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, outputTokens }: Usage): Readonly<Record<string, number>> {
  const read = Math.min(cachedInputTokens, inputTokens);
  return { input_tokens: inputTokens, cache_read_tokens: read, cache_write_tokens: Math.min(cacheWriteTokens, inputTokens - read), output_tokens: outputTokens };
}

function fromData(provider: string | undefined, model: string): Tokens {
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
    source: DATA,
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
  const known = feesFromData(row.priceProvider, endpoint.model);
  const fee: Fee = (tool) => {
    const own = given?.tools?.[tool];
    return own === undefined ? known(tool) : Promise.resolve(own * 1e6);
  };
  if (given !== undefined) return together(fixed({ input: given.input, cachedInput: given.cached_input ?? given.input, output: given.output, source: 'config' }), fee);
  if (row.local === true || row.offline === true) return together(fixed(FREE), () => Promise.resolve(0));
  return together(fromData(row.priceProvider, endpoint.model), fee);
}

/** What a model of a row is known to cost, for people to choose by; null when not known. */
export async function listedPrice({ local, offline, priceProvider }: BackendRow, model: string): Promise<Price | null> {
  return local === true || offline === true ? FREE : fromData(priceProvider, model).perMillion();
}

/** The backend, with what its vendor's tools cost in its usage. */
export function withFees(backend: Backend, { fee }: Pick<Pricing, 'fee'>): Backend {
  async function* stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    for await (const event of backend.stream(request, signal)) yield event.type === 'usage' && event.usage.tools !== undefined ? { ...event, usage: { ...event.usage, tools: await priced(event.usage.tools, fee) } } : event;
  }
  return { ...backend, stream };
}

async function priced(tools: NonNullable<Usage['tools']>, fee: Fee): Promise<NonNullable<Usage['tools']>> {
  const entries = await Promise.all(
    Object.entries(tools).map(async ([name, { uses }]): Promise<[string, ToolFee]> => {
      const costMicros = scaled(await fee(name), uses);
      return [name, { uses, ...(costMicros === null ? {} : { costMicros }) }];
    }),
  );
  return Object.fromEntries(entries);
}

/** The prices of backends that stand in for each other: each call at the price of the one that answered, estimates at the dearest. */
export function sharedPricing(connections: readonly { readonly backend: Backend; readonly pricing: Pricing }[]): Pricing {
  const [first] = connections;
  return {
    source: first?.pricing.source ?? DATA,
    // Each of them has said its own fees.
    fee: () => Promise.resolve(null),
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
