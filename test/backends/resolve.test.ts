import { describe, expect, it } from '@jest/globals';
import { CATALOG } from '../../src/backends/catalog.js';
import { createBackend } from '../../src/backends/create.js';
import { resolveBackend, type ResolvedBackend } from '../../src/backends/resolve.js';
import type { BackendConfig } from '../../src/backends/spec.js';
import { collect } from '../support/backend-collect.js';
import { recording, replay, type SentRequest } from '../support/backend-replay.js';

/** Every key there is. */
const ENV: Readonly<Record<string, string>> = Object.fromEntries(CATALOG.flatMap(({ keyEnvs }) => keyEnvs).map((name) => [name, `sk-${name}`]));

const resolve = (config: BackendConfig, env: Readonly<Record<string, string>> = ENV): ResolvedBackend => resolveBackend({ model: 'm', ...config }, env, 'ada');
const keyOf = (config: BackendConfig, env = ENV): string | undefined => resolve(config, env).endpoint.apiKey;

/** What really goes out, through the SDK and all. */
async function sent(config: BackendConfig, env: Readonly<Record<string, string>>): Promise<SentRequest | undefined> {
  const replayed = replay({ body: recording('openai-chat/text.sse') });
  await collect(createBackend({ model: 'm', ...config }, { env, fetch: replayed.fetch }));
  return replayed.sent[0];
}

describe('resolving a backend', () => {
  it('takes each row with its own key and address', () => {
    for (const row of CATALOG.filter(({ baseUrl }) => baseUrl !== undefined)) {
      const { endpoint } = resolve({ type: row.id });
      expect(endpoint).toMatchObject({ id: row.id, baseUrl: row.baseUrl, ownHost: true });
      expect(endpoint.apiKey).toBe(row.keyEnvs[0] === undefined ? undefined : `sk-${row.keyEnvs[0]}`);
    }
  });

  it('takes the first key variable that is set', () => {
    expect(keyOf({ type: 'moonshot' }, { KIMI_API_KEY: 'sk-kimi' })).toBe('sk-kimi');
    expect(keyOf({ type: 'kimi' }, { MOONSHOT_API_KEY: 'sk-moon', KIMI_API_KEY: 'sk-kimi' })).toBe('sk-moon');
    expect(keyOf({ type: 'moonshot' }, { MOONSHOT_API_KEY: ' ', KIMI_API_KEY: 'sk-kimi\n' })).toBe('sk-kimi');
  });

  it('finds the provider of a chatcompletion by its host', () => {
    const hosts = [
      ['https://api.cerebras.ai/v1', 'cerebras'],
      ['https://api.together.xyz/v1', 'together'],
      ['https://api.fireworks.ai/inference/v1', 'fireworks'],
      ['https://api.groq.com/openai/v1', 'groq'],
      ['https://openrouter.ai/api/v1', 'openrouter'],
      ['https://api.moonshot.cn/v1', 'moonshot'],
      ['https://api.moonshot.ai/v1/', 'moonshot'],
      ['https://api.studio.nebius.ai/v1', 'nebius'],
      ['https://api.tokenfactory.nebius.com/v1', 'nebius'],
      ['https://api.poe.com/v1', 'poe'],
      ['https://dashscope.aliyuncs.com/compatible-mode/v1', 'qwen'],
      ['https://api.z.ai/api/paas/v4/', 'zai'],
      ['https://open.bigmodel.cn/api/paas/v4', 'zai'],
      ['https://api.openai.com/v1', 'openai'],
    ] as const;
    for (const [base_url, id] of hosts) {
      const { endpoint } = resolve({ type: 'chatcompletion', base_url });
      expect(endpoint).toMatchObject({ id, baseUrl: base_url.replace(/\/$/, ''), ownHost: true });
      expect(endpoint.apiKey).toMatch(/^sk-/);
    }
  });

  it('speaks the Responses API to OpenAI, chat completions to everybody else, and what `api` says', async () => {
    const path = async (config: BackendConfig): Promise<string | undefined> => (await sent({ api_key: 'sk-x', ...config }, {}))?.url;
    expect(await path({ type: 'openai' })).toBe('https://api.openai.com/v1/responses');
    expect(await path({ type: 'openai', api: 'chat' })).toBe('https://api.openai.com/v1/chat/completions');
    expect(await path({ type: 'openai', base_url: 'https://eu.api.openai.com/v1' })).toBe('https://eu.api.openai.com/v1/responses');
    expect(await path({ type: 'openai', base_url: 'https://llm.example.com/v1' })).toBe('https://llm.example.com/v1/chat/completions');
    expect(await path({ type: 'openai', base_url: 'https://llm.example.com/v1', api: 'responses' })).toBe('https://llm.example.com/v1/responses');
    expect(await path({ type: 'chatcompletion', base_url: 'https://api.openai.com/v1' })).toBe('https://api.openai.com/v1/chat/completions');
    expect(await path({ type: 'groq', api: 'responses' })).toBe('https://api.groq.com/openai/v1/responses');
  });

  it('changes the port of a local server', () => {
    expect(resolve({ type: 'lmstudio', port: 4321 }).endpoint.baseUrl).toBe('http://localhost:4321/v1');
    expect(resolve({ type: 'ollama' }).endpoint.baseUrl).toBe('http://localhost:11434/v1');
  });

  it('takes the default model of the row', () => {
    expect(resolveBackend({ type: 'groq' }, ENV, 'ada').endpoint.model).toBe('openai/gpt-oss-120b');
  });

  it('names an unknown type with the nearest one it knows', () => {
    expect(() => resolve({ type: 'gorq' })).toThrow(expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining('"groq"') }));
  });

  it('names the variable and the agent when a key is missing', () => {
    expect(() => resolve({ type: 'groq' }, {})).toThrow(expect.objectContaining({ code: 'key-missing', message: 'set GROQ_API_KEY to use groq (agent ada)' }));
    expect(() => resolve({ type: 'kimi' }, {})).toThrow('set MOONSHOT_API_KEY or KIMI_API_KEY to use moonshot (agent ada)');
    expect(() => resolve({ type: 'chatcompletion', base_url: 'https://api.cerebras.ai/v1' }, {})).toThrow('set CEREBRAS_API_KEY');
  });

  it('refuses a block without an address or a model', () => {
    const wrong: readonly (readonly [BackendConfig, string])[] = [
      [{ type: 'chatcompletion' }, 'set base_url'],
      [{ type: 'chatcompletion', base_url: '${BASE}/v1' }, 'not a URL'],
      [{ type: 'chatcompletion', base_url: 'ftp://x/v1' }, 'http'],
      [{ type: 'chatcompletion', base_url: 'https://me:secret@x.example/v1' }, 'holds a password'],
      [{ type: 'openrouter', model: '' }, 'set model'],
    ];
    for (const [config, message] of wrong) {
      expect(() => resolve(config)).toThrow(expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(message) }));
    }
  });
});

describe('a key', () => {
  it('of one provider is never sent to another host', () => {
    const strangers = ['https://evil-groq.com/v1', 'https://groq.com.evil.net/v1', 'https://llm.example.com/v1', 'http://127.0.0.1:8080/v1', 'http://localhost:1234/v1'];
    for (const base_url of strangers) {
      for (const { id } of CATALOG.filter((row) => !row.local && !row.offline)) expect({ id, base_url, key: keyOf({ type: id, base_url }) }).toEqual({ id, base_url });
    }
  });

  it('goes to the host it belongs to, whatever the type', () => {
    expect(keyOf({ type: 'openai', base_url: 'https://api.groq.com/openai/v1' })).toBe('sk-GROQ_API_KEY');
    expect(keyOf({ type: 'chatcompletion', base_url: 'https://api.openai.com/v1' })).toBe('sk-OPENAI_API_KEY');
    expect(keyOf({ type: 'groq', base_url: 'https://api.openai.com/v1' })).toBeUndefined();
  });

  it('of a local server stays on this machine', () => {
    expect(keyOf({ type: 'vllm' })).toBe('sk-VLLM_API_KEY');
    expect(keyOf({ type: 'vllm', base_url: 'http://gpu.example.com:8000/v1' })).toBeUndefined();
  });

  it('from the environment is not sent in clear text', () => {
    expect(keyOf({ type: 'openai', base_url: 'http://api.openai.com/v1' })).toBeUndefined();
  });

  it('that the config names goes where the config says', () => {
    expect(keyOf({ type: 'openai', base_url: 'https://llm.example.com/v1', api_key: '${OPENAI_API_KEY}' })).toBe('sk-OPENAI_API_KEY');
    expect(keyOf({ type: 'openai', base_url: 'http://127.0.0.1:1/v1', api_key: 'sk-mine' })).toBe('sk-mine');
    expect(() => keyOf({ type: 'groq', api_key: '${MY_KEY}' })).toThrow('set MY_KEY to use groq (api_key of agent ada)');
  });

  it('that cannot be one is refused without being shown', () => {
    expect(() => keyOf({ type: 'groq' }, { GROQ_API_KEY: 'two words' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('two words') }));
  });

  it('that there is not makes no header', async () => {
    for (const config of [{ type: 'lmstudio' }, { type: 'openai', base_url: 'https://llm.example.com/v1', api: 'responses' as const }]) {
      expect((await sent(config, {}))?.headers.has('authorization')).toBe(false);
    }
  });

  it('is not sent at all where there is none, not even from the environment of the process', async () => {
    process.env['OPENAI_API_KEY'] = 'sk-process';
    process.env['OPENAI_ORG_ID'] = 'org-process';
    process.env['OPENAI_CUSTOM_HEADERS'] = 'X-Secret: custom-process\nAuthorization: Bearer custom-process';
    try {
      for (const config of [{ type: 'openai', base_url: 'https://llm.example.com/v1' }, { type: 'chatcompletion', base_url: 'http://127.0.0.1:9/v1' }, { type: 'ollama' }]) {
        const headers = [...((await sent(config, ENV))?.headers ?? [])];
        expect(headers.length).toBeGreaterThan(3);
        expect(JSON.stringify(headers)).not.toMatch(/sk-|-process|authorization/);
      }
    } finally {
      for (const name of ['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'OPENAI_CUSTOM_HEADERS']) Reflect.deleteProperty(process.env, name);
    }
  });

  it('is sent as a bearer token, with the account for OpenAI and the headers of the config', async () => {
    const env = { OPENAI_API_KEY: 'sk-own', OPENAI_ORG_ID: 'org-1' };
    const own = await sent({ type: 'openai', extra_headers: { 'X-Team': 'blue' } }, env);
    expect(Object.fromEntries(own?.headers ?? [])).toMatchObject({ authorization: 'Bearer sk-own', 'openai-organization': 'org-1', 'x-team': 'blue' });
  });
});
