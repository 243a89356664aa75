import { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend, BackendEvent } from '../../src/backends/contract.js';
import { createBackend } from '../../src/backends/create.js';
import type { BackendConfig } from '../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, textOf } from '../support/backend-collect.js';

const PROMPT = 'What is the answer?';
const LONG = 'Grüße, 世界 👋. '.repeat(200);

let provider: LLMock;
beforeEach(async () => {
  provider = new LLMock({ port: 0 });
  await provider.start();
});
afterEach(async () => {
  await provider.stop();
});

const apis = ['chat', 'responses', 'claude', 'gemini'] as const;

const CONFIGS = {
  chat: (url: string): BackendConfig => ({ type: 'openai', api: 'chat', base_url: `${url}/v1`, model: 'gpt-5-mini' }),
  responses: (url: string): BackendConfig => ({ type: 'openai', api: 'responses', base_url: `${url}/v1`, model: 'gpt-5-mini' }),
  claude: (url: string): BackendConfig => ({ type: 'claude', base_url: url, model: 'claude-sonnet-4-5' }),
  gemini: (url: string): BackendConfig => ({ type: 'gemini', base_url: url, model: 'gemini-2.5-flash' }),
};

const backendFor = (api: (typeof apis)[number]): Backend => createBackend({ ...CONFIGS[api](provider.url), api_key: 'sk-mock' }, { env: {} });

const errorOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'error')[0]?.error;

describe.each(apis)('over real sockets, %s', (api) => {
  it('streams a long text whole, many characters cut between packets', async () => {
    provider.onMessage(PROMPT, { content: LONG }, { chunkSize: 7 });
    const events = await collect(backendFor(api));
    expect(textOf(events)).toBe(LONG);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    expect(eventsOf(events, 'usage')).toHaveLength(1);
  });

  it('hears reasoning and parallel tool calls', async () => {
    provider.onMessage(PROMPT, {
      reasoning: 'Let me think.',
      toolCalls: [
        { name: 'new_answer', arguments: '{"content":"x"}' },
        { name: 'vote', arguments: '{"agent_id":"agent1","reason":"y"}' },
      ],
    });
    const events = await collect(backendFor(api));
    expect(reasoningOf(events)).toBe('Let me think.');
    expect(callsOf(events).map(({ name, argumentsText }) => [name, argumentsText])).toEqual([
      ['new_answer', '{"content":"x"}'],
      ['vote', '{"agent_id":"agent1","reason":"y"}'],
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool-calls' });
  });

  it('carries a conversation with tool results on', async () => {
    provider.onToolResult('call_1', { content: 'voted' });
    const messages = [
      { role: 'user', content: PROMPT },
      { role: 'assistant', text: '', toolCalls: [{ id: 'call_1', name: 'vote', argumentsText: '{}' }], items: [{ wire: 'gemini-generate', item: { functionCall: { id: 'call_1', name: 'vote', args: {} } } }] },
      { role: 'tool', callId: 'call_1', name: 'vote', text: 'once more' },
    ] as const;
    expect(textOf(await collect(backendFor(api), requestOf({ messages })))).toBe('voted');
  });

  it('reports refusals with the time to wait', async () => {
    provider.onMessage(PROMPT, { error: { message: 'slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' }, status: 429, retryAfter: 7 });
    expect(errorOf(await collect(backendFor(api)))).toMatchObject({ code: 'backend-overloaded', status: 429, retryAfterMs: 7000, message: expect.stringContaining('slow down') });
    provider.clearFixtures();
    provider.onMessage(PROMPT, { error: { message: 'down' }, status: 503 });
    expect(errorOf(await collect(backendFor(api)))).toMatchObject({ code: 'backend-unavailable', status: 503 });
  });

  it('tells a stream that stops from one that ends', async () => {
    provider.onMessage(PROMPT, { content: LONG }, { chunkSize: 50, truncateAfterChunks: 4 });
    const events = await collect(backendFor(api));
    expect(errorOf(events)).toMatchObject({ code: expect.stringMatching(/^backend-(?:truncated|reset)$/) });
  });

  it('survives a provider in chaos: every call ends with one terminal event', async () => {
    provider.onMessage(PROMPT, { content: LONG });
    const chaos = [{ dropRate: 1 }, { malformedRate: 1 }, { rateLimitRate: 1 }, { disconnectRate: 1 }];
    const codes: unknown[] = [];
    for (const config of chaos) {
      provider.setChaos(config);
      const events = await collect(backendFor(api));
      expect(events.filter(({ type }) => type === 'finish' || type === 'error')).toHaveLength(1);
      codes.push((errorOf(events) as { code: string }).code);
    }
    expect(codes).toEqual(['backend-unavailable', 'backend-garbage', 'backend-overloaded', 'backend-reset']);
  });

  it('stops the provider when aborted', async () => {
    const text = LONG.slice(0, 300);
    provider.onMessage(PROMPT, { content: text }, { chunkSize: 10, streamingProfile: { ttft: 1, tps: 50 } });
    const stop = new AbortController();
    const events: BackendEvent[] = [];
    for await (const event of backendFor(api).stream(requestOf(), stop.signal)) {
      events.push(event);
      stop.abort();
    }
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
    expect(textOf(events).length).toBeLessThan(text.length);
  });
});

describe('over real sockets', () => {
  it('says what to do when nobody listens', async () => {
    const { port } = new URL(provider.url);
    await provider.stop();
    const events = await collect(createBackend({ type: 'ollama', port: Number(port), model: 'm' }, { env: {} }));
    expect(errorOf(events)).toEqual({ code: 'backend-unreachable', message: `cannot reach Ollama at localhost:${port} (ECONNREFUSED); is the server running? check base_url` });
    await provider.start();
  });

  it('runs many calls at once over one client', async () => {
    provider.onMessage(PROMPT, { content: LONG });
    const backend = backendFor('chat');
    const { signal } = new AbortController();
    const texts = await Promise.all(Array.from({ length: 32 }, async () => textOf(await collect(backend, requestOf(), signal))));
    expect(texts.every((text) => text === LONG)).toBe(true);
  });
});
