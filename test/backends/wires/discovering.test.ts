import { describe, expect, it } from '@jest/globals';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import { collect, eventsOf, textOf } from '../../support/backend-collect.js';
import { recording } from '../../support/backend-replay.js';

interface World {
  readonly hear: (config: BackendConfig) => Promise<BackendEvent[]>;
  readonly asked: string[];
}

/** The models of each server, by the beginning of its address. */
function world(servers: Record<string, readonly string[]>): World {
  const asked: string[] = [];
  const fetch: FetchLike = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const { model } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as { readonly model?: string };
    asked.push(model === undefined ? url : `${url} ${model}`);
    const origin = Object.keys(servers).find((address) => url.startsWith(address));
    if (origin === undefined) return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    if (url.endsWith('/models')) return Promise.resolve(Response.json({ data: servers[origin]?.map((id) => ({ id })) }));
    return Promise.resolve(new Response(recording('openai-chat/text.sse'), { headers: { 'content-type': 'text/event-stream' } }));
  };
  return { hear: (config) => collect(createBackend(config, { env: {}, fetch })), asked };
}

describe('a model server that is looked for', () => {
  it('is the first that answers at the ports of vLLM and SGLang, with its first model that can talk', async () => {
    const { hear, asked } = world({ 'http://localhost:30000': ['bge-embed', 'Qwen/Qwen3-4B'] });
    expect(textOf(await hear({ type: 'vllm', base_url: 'auto' }))).toBe('Grüße, 世界 👋 — done.');
    expect(asked).toEqual(['http://localhost:8000/v1/models', 'http://localhost:30000/v1/models', 'http://localhost:30000/v1/chat/completions Qwen/Qwen3-4B']);
  });

  it('stays at its own port where nothing is said, and both may run at once', async () => {
    const { hear, asked } = world({ 'http://localhost:8000': ['a'], 'http://localhost:30000': ['b'] });
    await Promise.all([hear({ type: 'vllm' }), hear({ type: 'sglang' })]);
    expect([...asked].sort()).toEqual(['http://localhost:30000/v1/chat/completions b', 'http://localhost:30000/v1/models', 'http://localhost:8000/v1/chat/completions a', 'http://localhost:8000/v1/models']);
  });

  it('is not asked for its models where the model is given', async () => {
    const { hear, asked } = world({ 'http://localhost:8000': [] });
    await hear({ type: 'vllm', model: 'mine' });
    expect(asked).toEqual(['http://localhost:8000/v1/chat/completions mine']);
  });

  it('is named where there is none, or none with a model', async () => {
    const none = world({});
    expect(eventsOf(await none.hear({ type: 'sglang', base_url: 'auto' }), 'error')).toMatchObject([{ error: { code: 'backend-unreachable', message: expect.stringContaining('cannot reach SGLang') } }]);
    const empty = world({ 'http://localhost:11434': [] });
    expect(eventsOf(await empty.hear({ type: 'ollama' }), 'error')).toMatchObject([{ error: { message: 'Ollama at http://localhost:11434/v1 serves no model; load one, or set model' } }]);
  });
});
