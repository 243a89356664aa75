import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen } from '../support/massgen-process.js';

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

let server: Server;
let address: string;
const asked: Asked[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    const lists: Readonly<Record<string, unknown>> = {
      '/openai/deployments': { data: [{ id: 'my-gpt-4o', model: 'gpt-4o' }, { id: 'a-mini', model: 'gpt-4o-mini' }] },
      '/v1beta/models': { models: [{ name: 'models/gemini-9' }] },
      '/v1/models': { data: [{ id: 'm-2' }, { id: 'm-1' }] },
    };
    const body = lists[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(body === undefined ? 401 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: { message: `wrong key ${String(request.headers.authorization)}` } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(async () => {
  await cleanUp();
  await new Promise((resolve) => server.close(resolve));
});

const listed = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { code, stdout, stderr } = await massgen([...args, '--json'], { env });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
};

describe('massgen backends', () => {
  it.concurrent('lists every type of the language, and whose key is set', async () => {
    const backends = await listed(['backends'], { XAI_API_KEY: 'xai-secret-value' });
    const types = ['openai', 'claude', 'claude_code', 'gemini', 'grok', 'azure_openai', 'zai', 'chatcompletion', 'cerebras', 'together', 'fireworks', 'groq', 'openrouter', 'moonshot', 'nebius', 'poe', 'qwen', 'deepseek', 'mistral', 'lmstudio', 'vllm', 'sglang', 'ollama', 'ag2'];
    expect(backends.map(({ type }) => type)).toEqual(expect.arrayContaining(types));
    expect(backends.find(({ type }) => type === 'grok')).toMatchObject({ key: 'set', key_variables: ['XAI_API_KEY'], tools: ['enable_web_search', 'enable_x_search'], base_url: 'https://api.x.ai/v1' });
    expect(backends.find(({ type }) => type === 'azure_openai')).toMatchObject({ key: 'missing', key_variables: ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_VERSION'] });
    expect(JSON.stringify(backends)).not.toContain('secret');
  });

  it.concurrent('prints a line for each', async () => {
    const { code, stdout } = await massgen(['backends']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^claude +Claude +claude-\S+ +web_search, code_execution +set ANTHROPIC_API_KEY$/m);
  });
});

describe('massgen models', () => {
  it.concurrent('lists what the documentation names', async () => {
    const models = (await listed(['models'])).map(({ backend, model }) => `${String(backend)} ${String(model)}`);
    const named = ['openai gpt-5.2', 'openai gpt-5-nano', 'gemini gemini-2.5-pro', 'grok grok-3-mini', 'zai glm-4.5', 'cerebras gpt-oss-70b', 'groq mixtral-8x7b-32768', 'azure_openai gpt-5-chat', 'claude claude-sonnet-4-20250514', 'together mistralai/Mixtral-8x7B-Instruct-v0.1', 'fireworks accounts/fireworks/models/llama-v3p1-405b-instruct'];
    expect(models).toEqual(expect.arrayContaining(named));
  });

  it('shows what they cost and where that is known from', async () => {
    const [model] = (await listed(['models', '--backend', 'openai'])).filter(({ model: name }) => name === 'gpt-4o-mini');
    expect(model).toEqual({ backend: 'openai', model: 'gpt-4o-mini', default: false, price: { input: 0.15, cached_input: 0.075, output: 0.6, source: '@pydantic/genai-prices' } });
    expect((await massgen(['models', '--backend', 'nebius'])).stdout).toMatch(/Qwen3-4B-fast +unknown +unknown/);
  });

  it.concurrent('lists the deployments of an Azure resource', async () => {
    const env = { AZURE_OPENAI_API_KEY: 'azure-key', AZURE_OPENAI_ENDPOINT: address };
    expect((await listed(['models', '--backend', 'azure_openai'], env)).map(({ model }) => model)).toEqual(['a-mini', 'my-gpt-4o']);
    expect(asked.find(({ url }) => url.startsWith('/openai/deployments?api-version='))?.headers).toMatchObject({ 'api-key': 'azure-key' });
  });

  it.concurrent('asks a provider in its own dialect', async () => {
    expect((await listed(['models', '--backend', 'vllm', '--base-url', `${address}/v1`])).map(({ model }) => model)).toEqual(['m-1', 'm-2']);
    expect((await listed(['models', '--backend', 'gemini', '--base-url', address])).map(({ model }) => model)).toEqual(['gemini-9']);
    expect((await listed(['models', '--backend', 'claude', '--base-url', address])).map(({ model }) => model)).toEqual(['m-1', 'm-2']);
  });

  it.concurrent.each([
    [['--backend', 'gorq'], 'there is no backend "gorq"; did you mean "groq"?'],
    [['--live'], 'say whose models to ask for with --backend'],
    [['--backend', 'azure_openai'], 'set AZURE_OPENAI_ENDPOINT or base_url for backend azure_openai'],
    [['--backend', 'groq', '--live'], 'set GROQ_API_KEY to use groq'],
    [['--backend', 'lmstudio', '--base-url', 'http://127.0.0.1:9/v1'], 'cannot reach LM Studio at 127.0.0.1:9'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stdout, stderr } = await massgen(['models', ...args]);
    expect({ stdout, failed: code !== 0, lines: stderr.trim().split('\n').length }).toEqual({ stdout: '', failed: true, lines: 1 });
    expect(stderr).toContain(message);
  });
});

describe('massgen doctor', () => {
  it.concurrent('says which keys are set, by their ends only, and what the others would unlock', async () => {
    const { code, stdout } = await massgen(['doctor'], { env: { OPENAI_API_KEY: 'sk-0123456789abcdef', GROQ_API_KEY: 'short' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}yes +OPENAI_API_KEY +…cdef +openai$/m);
    expect(stdout).toMatch(/^ {2}yes +GROQ_API_KEY +… +groq$/m);
    expect(stdout).toMatch(/^ {2}no +ANTHROPIC_API_KEY +would unlock claude$/m);
    expect(stdout).toMatch(/lmstudio +http:\/\/localhost:1234\/v1/);
    expect(stdout).toContain('would unlock claude_code: npm install -g @anthropic-ai/claude-agent-sdk');
    expect(stdout).not.toMatch(/0123|short/);
  });

  it.concurrent('prints the same as JSON', async () => {
    const { stdout } = await massgen(['doctor', '--json']);
    const diagnosis = JSON.parse(stdout) as Record<string, readonly Record<string, unknown>[]>;
    expect(Object.keys(diagnosis)).toEqual(['node', 'keys', 'servers', 'parts']);
    expect(diagnosis['servers']?.map(({ backend }) => backend)).toEqual(['lmstudio', 'vllm', 'sglang', 'ollama']);
    expect(diagnosis['parts']?.map(({ part }) => part)).toEqual(['@anthropic-ai/claude-agent-sdk', 'ag2 (Python)', 'lms (LM Studio)', 'docker', ...(process.platform === 'linux' ? ['bubblewrap'] : [])]);
    expect(diagnosis['keys']?.every(({ value }) => value === null)).toBe(true);
  });
});
