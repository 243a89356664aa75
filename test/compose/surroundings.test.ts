import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { BackendRow } from '../../src/backends/spec.js';
import { CATALOG } from '../../src/backends/catalog.js';
import { backendOfModel, localServers, providersWithKey } from '../../src/compose/surroundings.js';
import { closeServers, listen, serve } from '../support/backend-servers.js';

afterEach(closeServers);

const [template] = CATALOG.filter(({ local }) => local === true);
const rowAt = (id: string, baseUrl: string): BackendRow => ({ ...template!, id, baseUrl });
const listing = (...ids: readonly unknown[]): Promise<string> =>
  serve((request, response) => {
    response.statusCode = request.url === '/v1/models' ? 200 : 404;
    response.end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) }));
  });

describe('model servers on this machine', () => {
  it('are found with their first model', async () => {
    const [one, two] = await Promise.all([listing('llama', 'qwen'), listing('gemma')]);
    expect(await localServers([rowAt('one', `${one}/v1`), rowAt('two', `${two}/v1`)])).toEqual([
      { backend: 'one', model: 'llama' },
      { backend: 'two', model: 'gemma' },
    ]);
  });

  it('are asked for a model that can talk', async () => {
    const url = await listing('text-embedding-nomic-embed-text-v1.5', 'bge-reranker', 'whisper-1', 'llama');
    expect(await localServers([rowAt('one', `${url}/v1`)])).toEqual([{ backend: 'one', model: 'llama' }]);
  });

  it('do not count without a model, when they refuse, or when they are something else', async () => {
    const urls = await Promise.all([
      listing(),
      listing(7, null),
      listing('text-embedding-3'),
      serve((_request, response) => response.writeHead(401).end('{"data":[{"id":"secret"}]}')),
      serve((_request, response) => response.end('<html>')),
      serve((_request, response) => response.end('null')),
      serve((_request, response) => response.end('{"data":{"id":"x"}}')),
      serve((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()),
    ]);
    expect(await localServers(urls.map((url, index) => rowAt(`row${String(index)}`, `${url}/v1`)))).toEqual([]);
  });

  it('are not waited for', async () => {
    const silent = await serve(() => undefined);
    const gone = createServer();
    const port = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const begun = performance.now();
    expect(await localServers([rowAt('silent', `${silent}/v1`), rowAt('closed', `http://127.0.0.1:${String(port)}/v1`)])).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('are not looked for at addresses of vendors', async () => {
    expect(await localServers(CATALOG.filter(({ local }) => local !== true))).toEqual([]);
  });
});

describe('keys in the environment', () => {
  it('stand for their providers, in the order of the catalog, each once', () => {
    expect(providersWithKey({ QWEN_API_KEY: 'q', DASHSCOPE_API_KEY: 'q', OPENAI_API_KEY: 'o' }).map(({ backend }) => backend)).toEqual(['openai', 'qwen']);
  });

  it('of providers without a default model, of local servers and of nobody do not count', () => {
    expect(providersWithKey({ OPENROUTER_API_KEY: 'o', VLLM_API_KEY: 'v', SOME_API_KEY: 's', GROQ_API_KEY: '' })).toEqual([]);
  });
});

describe('a model’s name', () => {
  it.each([
    ['gpt-5-mini', 'openai'],
    ['o3', 'openai'],
    ['GPT-4o', 'openai'],
    ['claude-sonnet-4-5', 'claude'],
    ['gemini-2.5-pro', 'gemini'],
    ['grok-4', 'grok'],
    ['glm-4.5', 'zai'],
    ['kimi-k2', 'moonshot'],
    ['llama-3.3-70b', undefined],
    ['openai/gpt-5', undefined],
  ])('%s points to %s', (model, backend) => {
    expect(backendOfModel(model)).toBe(backend);
  });
});
