import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CATALOG } from '../../src/backends/catalog.js';
import type { Backend, BackendEvent } from '../../src/backends/contract.js';
import { createBackend } from '../../src/backends/create.js';
import type { BackendConfig, BackendRow } from '../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, textOf } from '../support/backend-collect.js';

const PROMPT = 'What is the answer?';
const TEXT = 'Grüße, 世界 👋. '.repeat(20);

let provider: LLMock;
/** A model that the stand-in lists: LM Studio looks there first. */
let listed = '';
beforeAll(async () => {
  provider = new LLMock({ port: 0 });
  await provider.start();
  const models = (await (await fetch(`${provider.url}/v1/models`)).json()) as { readonly data: readonly { readonly id: string }[] };
  listed = models.data[0]?.id ?? '';
});
beforeEach(() => {
  provider.clearFixtures();
  provider.clearRequests();
});
afterAll(async () => {
  await provider.stop();
});

const online = CATALOG.filter((row) => row.offline !== true && row.program !== true && row.ownModels !== true);

/** The vendor's row at the stand-in's address, in its own dialect. */
function configOf(row: BackendRow): BackendConfig {
  const own = row.id === 'claude' || row.id === 'gemini';
  return { type: row.id, model: row.defaultModel === undefined || row.defaultModel === 'auto' ? listed : row.defaultModel, api_key: 'sk-mock', base_url: own ? provider.url : `${provider.url}/v1`, ...(row.id === 'openai' ? { api: 'responses' } : {}) };
}

/** Azure's addresses name a deployment, which the stand-in knows at its own root. */
const backendOf = (row: BackendRow): Backend => createBackend(row.id === 'azure_openai' ? { ...configOf(row), base_url: provider.url } : configOf(row), { env: {} });
const errorOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'error')[0]?.error;

describe.each(online.map((row) => [row.id, row] as const))('%s at a stand-in for its vendor', (_id, row) => {
  it('streams text, counts tokens and says why it ended', async () => {
    provider.onMessage(PROMPT, { content: TEXT }, { chunkSize: 7 });
    const events = await collect(backendOf(row));
    expect(textOf(events)).toBe(TEXT);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    // Mistral sends usage unasked and refuses to be asked; the stand-in wants to be.
    expect(eventsOf(events, 'usage')).toHaveLength(row.id === 'mistral' ? 0 : 1);
  });

  it('hears reasoning and parallel calls, whose results it sends back', async () => {
    provider.onMessage(PROMPT, { reasoning: 'Let me think.', toolCalls: [{ name: 'new_answer', arguments: '{"content":"x"}' }, { name: 'vote', arguments: '{"agent_id":"agent1","reason":"y"}' }] });
    const events = await collect(backendOf(row));
    expect(callsOf(events).map(({ name, argumentsText }) => [name, argumentsText])).toEqual([
      ['new_answer', '{"content":"x"}'],
      ['vote', '{"agent_id":"agent1","reason":"y"}'],
    ]);
    expect(['', 'Let me think.']).toContain(reasoningOf(events));
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool-calls' });
    const items = eventsOf(events, 'finish')[0]?.items ?? [];
    const results = callsOf(events).map(({ id, name }) => ({ role: 'tool', callId: id, name, text: `result of ${name}` }) as const);
    await collect(backendOf(row), requestOf({ messages: [{ role: 'user', content: PROMPT }, { role: 'assistant', text: '', toolCalls: callsOf(events), items }, ...results] }));
    expect(JSON.stringify(provider.getRequests().at(-1)?.body)).toContain('result of vote');
  });

  it('reports refusals with the time to wait', async () => {
    const codes: unknown[] = [];
    for (const [status, message] of [[401, 'no such key'], [429, 'slow down'], [500, 'oops'], [503, 'down']] as const) {
      provider.clearFixtures();
      provider.onMessage(PROMPT, { error: { message }, status, ...(status === 429 ? { retryAfter: 7 } : {}) });
      codes.push(errorOf(await collect(backendOf(row))));
    }
    expect(codes).toMatchObject([{ code: 'backend-rejected', status: 401 }, { code: 'backend-overloaded', status: 429, retryAfterMs: 7000 }, { code: 'backend-unavailable', status: 500 }, { code: 'backend-unavailable', status: 503 }]);
  });

  it('ends a stream that stops, breaks or is no stream with an error, and one that is left with a finish', async () => {
    provider.onMessage(PROMPT, { content: TEXT }, { chunkSize: 20, truncateAfterChunks: 3 });
    expect(errorOf(await collect(backendOf(row)))).toMatchObject({ code: expect.stringMatching(/^backend-(?:truncated|reset)$/) });
    provider.clearFixtures();
    provider.onMessage(PROMPT, { content: TEXT }, { chaos: { malformedRate: 1 } });
    expect(errorOf(await collect(backendOf(row)))).toMatchObject({ code: 'backend-garbage' });
    provider.clearFixtures();
    provider.onMessage(PROMPT, { content: TEXT }, { chunkSize: 10, streamingProfile: { ttft: 1, tps: 50 } });
    const stop = new AbortController();
    const events: BackendEvent[] = [];
    for await (const event of backendOf(row).stream(requestOf(), stop.signal)) {
      events.push(event);
      stop.abort();
    }
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
  });
});
