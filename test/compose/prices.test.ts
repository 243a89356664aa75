import { describe, expect, it } from '@jest/globals';
import { resolveBackend } from '../../src/backends/resolve.js';
import type { BackendConfig } from '../../src/backends/spec.js';
import type { Usage } from '../../src/backends/contract.js';
import { pricingOf, requirePrice, withFees, type Pricing } from '../../src/compose/prices.js';
import { collect, eventsOf } from '../support/backend-collect.js';
import { fakeBackend, finish, usage as usageOf } from '../support/fake-backend.js';

const pricing = (config: BackendConfig): Pricing => pricingOf(resolveBackend(config, { OPENAI_API_KEY: 'sk-1', NEBIUS_API_KEY: 'n' }, 'solo'));
const usage = { inputTokens: 1_000_000, cachedInputTokens: 400_000, outputTokens: 100_000 };

describe('the price of a model', () => {
  it('comes from the price data, cached tokens by their own rate', async () => {
    const known = pricing({ type: 'openai', model: 'gpt-4o-mini' });
    expect(await known.perMillion()).toEqual({ input: expect.closeTo(0.15), cachedInput: expect.closeTo(0.075), output: expect.closeTo(0.6), source: '@pydantic/genai-prices' });
    expect(await known.cost(usage)).toBe(90_000 + 30_000 + 60_000);
  });

  it('is exact in millionths, whatever binary fractions make of it', async () => {
    const known = pricing({ type: 'openai', model: 'gpt-5-nano' });
    expect(await known.cost({ inputTokens: 1000, outputTokens: 1000 })).toBe(450);
    expect(await known.cost({ inputTokens: 1, outputTokens: 0 })).toBe(1);
  });

  it('is the configured one where there is one', async () => {
    const given = pricing({ type: 'openai', model: 'gpt-4o-mini', price: { input: 1, output: 2 } });
    expect(await given.cost(usage)).toBe(1_200_000);
    expect(await pricing({ type: 'openai', model: 'x', price: { input: 1, output: 2, cached_input: 0.5 } }).cost(usage)).toBe(1_000_000);
    expect(await given.perMillion()).toEqual({ input: 1, cachedInput: 1, output: 2, source: 'config' });
    expect(['config', '@pydantic/genai-prices', 'local']).toEqual([given.source, pricing({ type: 'openai', model: 'x' }).source, pricing({ type: 'ollama', model: 'x' }).source]);
  });

  it('is nothing for what runs here', async () => {
    for (const config of [{ type: 'ollama', model: 'llama' }, { type: 'scripted', script: [{ text: 'x' }] }]) {
      expect(await pricing(config).cost(usage)).toBe(0);
      expect(await pricing(config).perMillion()).toMatchObject({ input: 0, output: 0, source: 'local' });
    }
  });

  it('is unknown for models and providers that the data does not have', async () => {
    for (const config of [{ type: 'openai', model: 'no-such-model' }, { type: 'nebius', model: 'x' }, { type: 'chatcompletion', model: 'gpt-4o-mini', base_url: 'http://127.0.0.1:1/v1' }]) {
      expect(await pricing(config).cost(usage)).toBeNull();
      expect(await pricing(config).perMillion()).toBeNull();
    }
  });

  it('survives a provider that reports more cached tokens than tokens', async () => {
    const known = pricing({ type: 'openai', model: 'gpt-4o-mini' });
    expect(await known.cost({ inputTokens: 1_000_000, cachedInputTokens: 2_000_000, cacheWriteTokens: 5, outputTokens: 0 })).toBe(75_000);
    expect(await known.cost({ inputTokens: NaN, outputTokens: 0 })).toBeNull();
  });
});

describe('the fees for the tools of a vendor', () => {
  const searched = { ...usage, tools: { web_search: { uses: 3 } } };

  it('come from the price data, on top of the tokens', async () => {
    const known = pricing({ type: 'openai', model: 'gpt-4o-mini' });
    expect(await known.fee('web_search')).toBe(10_000);
    expect(await known.cost(searched)).toBe(180_000 + 30_000);
    expect(await pricing({ type: 'claude', model: 'claude-sonnet-4-5', api_key: 'k' }).fee('web_search')).toBe(10_000);
  });

  it('are the configured ones where there are any, beside the model’s price or without it', async () => {
    const price = { input: 1, output: 2, tools: { web_search: 0.5 } };
    expect(await pricing({ type: 'openai', model: 'gpt-4o-mini', price }).cost(searched)).toBe(1_200_000 + 1_500_000);
    expect(await pricing({ type: 'openai', model: 'gpt-4o-mini', price: { input: 1, output: 2 } }).cost(searched)).toBe(1_200_000 + 30_000);
  });

  it('make the cost unknown where nobody knows them, and are nothing for what runs here', async () => {
    expect(await pricing({ type: 'gemini', model: 'gemini-2.5-flash', api_key: 'k' }).fee('web_search')).toBeNull();
    expect(await pricing({ type: 'gemini', model: 'gemini-2.5-flash', api_key: 'k' }).cost(searched)).toBeNull();
    expect(await pricing({ type: 'openai', model: 'gpt-4o-mini' }).cost({ ...usage, tools: { code_interpreter: { uses: 1 } } })).toBeNull();
    expect(await pricing({ type: 'ollama', model: 'llama' }).cost(searched)).toBe(0);
  });

  it('stand in the usage that a backend reports', async () => {
    const said = async (uses: Usage['tools'], fee: Pricing['fee']): Promise<unknown> => {
      const backend = withFees(fakeBackend([usageOf(1, 2, uses === undefined ? {} : { tools: uses }), finish()]), { fee });
      return eventsOf(await collect(backend), 'usage')[0]?.usage.tools;
    };
    expect(await said({ web_search: { uses: 2 } }, () => Promise.resolve(10_000))).toEqual({ web_search: { uses: 2, costMicros: 20_000 } });
    expect(await said({ x_search: { uses: 2 } }, () => Promise.resolve(null))).toEqual({ x_search: { uses: 2 } });
    expect(await said(undefined, () => Promise.resolve(null))).toBeUndefined();
  });
});

describe('a cost limit', () => {
  it('needs a price, and says how to give one', async () => {
    await expect(requirePrice(pricing({ type: 'openai', model: 'no-such-model' }), 'solo', 'openai', 'no-such-model')).rejects.toMatchObject({ code: 'price-unknown', message: expect.stringContaining('set backend.price: {input, output}') });
    expect(await requirePrice(pricing({ type: 'ollama', model: 'm' }), 'solo', 'ollama', 'm')).toMatchObject({ source: 'local' });
  });
});
