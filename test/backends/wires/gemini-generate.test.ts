import { describe, expect, it } from '@jest/globals';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, textOf } from '../../support/backend-collect.js';
import { recording, replay, type Reply } from '../../support/backend-replay.js';


const GEMINI: BackendConfig = { type: 'gemini', model: 'gemini-2.5-flash', api_key: 'AIza-x' };

const hear = (reply: Reply): Promise<BackendEvent[]> => collect(createBackend(GEMINI, { env: {}, fetch: replay(reply).fetch }));
const read = (name: string): Promise<BackendEvent[]> => hear({ body: recording(`gemini-generate/${name}.sse`) });
const frames = (...chunks: readonly object[]): string => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
const candidate = (parts: readonly object[], finishReason?: string): object => ({ candidates: [{ content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }] });
const itemsOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'finish')[0]?.items?.map(({ item }) => item);

describe('the Gemini wire', () => {
  it('counts thoughts into the output and cached tokens as a part of the input', async () => {
    expect(eventsOf(await read('text'), 'usage')).toEqual([
      { type: 'usage', usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 8 } },
    ]);
  });

  it('keeps what is signed for the next request, and joins text', async () => {
    expect(itemsOf(await read('reasoning'))).toEqual([{ text: 'Grüße, 世界 👋 — done.' }, { text: '', thoughtSignature: 'CpIBy9nXc2lnbmVk' }]);
    expect(itemsOf(await read('tool-call'))).toEqual([
      { text: 'I answer.' },
      { functionCall: { name: 'new_answer', args: { content: 'Grüße, 世界' } }, thoughtSignature: 'CiQBy9nXaGVsbG8gc2lnbmF0dXJl' },
    ]);
  });

  it('gives calls an id where Gemini gives none, and takes the name without its prefix', async () => {
    expect(callsOf(await read('parallel-tool-calls')).map(({ id, name }) => [id, name])).toEqual([['call_0_0', 'new_answer'], ['fc_2b7c', 'vote']]);
  });

  it('tells of searches, of code and of sources, each once', async () => {
    const events = await read('provider-tools');
    expect(eventsOf(events, 'provider-tool')).toEqual([
      { type: 'provider-tool', id: 'call_0_code_0', name: 'code_execution', status: 'start', detail: 'print(2026 - 1916)\n' },
      { type: 'provider-tool', id: 'call_0_code_0', name: 'code_execution', status: 'end', detail: '110\n' },
      { type: 'provider-tool', id: 'call_0_search_0', name: 'web_search', status: 'start', detail: 'claude shannon born' },
      { type: 'provider-tool', id: 'call_0_search_0', name: 'web_search', status: 'end' },
    ]);
    expect(eventsOf(events, 'citation')).toEqual([{ type: 'citation', url: 'https://vertexaisearch.cloud.google.com/grounding-api-redirect/AUZIYQ', title: 'wikipedia.org' }]);
    expect(eventsOf(events, 'usage').at(-1)?.usage.tools).toEqual({ web_search: { uses: 1 } });
    expect(itemsOf(events)).toHaveLength(3);
  });

  it('counts requests that search where the fee is for these, and searches where it is for them', async () => {
    const body = frames({ candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP', groundingMetadata: { webSearchQueries: ['a', 'b', 'c'] } }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } });
    const usesOf = async (model: string): Promise<unknown> => eventsOf(await collect(createBackend({ ...GEMINI, model }, { env: {}, fetch: replay({ body }).fetch })), 'usage').at(-1)?.usage.tools;
    expect(await usesOf('gemini-2.5-flash')).toEqual({ web_search: { uses: 1 } });
    expect(await usesOf('gemini-3-flash-preview')).toEqual({ web_search: { uses: 3 } });
  });

  it('hears built-in tools beside functions, and keeps their parts', async () => {
    const events = await read('combined-tools');
    expect(eventsOf(events, 'provider-tool')).toMatchObject([{ id: 'tc_1', name: 'web_search', status: 'start' }, { id: 'tc_1', name: 'web_search', status: 'end' }]);
    expect(callsOf(events)).toMatchObject([{ id: 'fc_1', name: 'vote' }]);
    expect(itemsOf(events)).toMatchObject([{ toolCall: { id: 'tc_1' } }, { toolResponse: { id: 'tc_1' } }, { functionCall: { id: 'fc_1' }, thoughtSignature: 'c2lnLTM=' }]);
  });

  it('knows why a reply ended', async () => {
    const reasons = {
      STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'content-filter', RECITATION: 'content-filter', LANGUAGE: 'content-filter', BLOCKLIST: 'content-filter',
      PROHIBITED_CONTENT: 'content-filter', SPII: 'content-filter', IMAGE_SAFETY: 'content-filter', SOMETHING_NEW: 'stop',
    };
    for (const [given, reason] of Object.entries(reasons)) expect((await hear({ body: frames(candidate([{ text: 'x' }], given)) })).at(-1)).toMatchObject({ type: 'finish', reason });
    const failed = { MALFORMED_FUNCTION_CALL: 'backend-garbage', UNEXPECTED_TOOL_CALL: 'backend-garbage', OTHER: 'backend-unavailable', MISSING_THOUGHT_SIGNATURE: 'request-rejected' };
    for (const [given, code] of Object.entries(failed)) expect((await hear({ body: frames(candidate([{ text: 'x' }], given)) })).at(-1)).toMatchObject({ error: { code, message: expect.stringContaining(given) } });
    expect((await read('filtered')).at(-1)).toMatchObject({ type: 'finish', reason: 'content-filter' });
    expect((await read('length')).at(-1)).toMatchObject({ type: 'finish', reason: 'length' });
    expect((await read('malformed')).at(-1)).toMatchObject({ error: { message: expect.stringContaining('print(default_api.vote') } });
  });

  it('takes a blocked prompt for what it is', async () => {
    expect((await read('blocked')).at(-1)).toEqual({ type: 'error', error: { code: 'reply-filtered', message: 'Gemini blocked the prompt (PROHIBITED_CONTENT)' } });
  });

  it('takes an error frame for an error, by its status', async () => {
    expect((await read('error-frame')).at(-1)).toMatchObject({ type: 'error', error: { code: 'backend-unavailable', status: 503 } });
  });

  it('reads a refusal of the request by what Google says', async () => {
    const info = (reason: string): object => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason });
    const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' };
    const quota = (quotaId: string): object => ({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] });
    const refusals: readonly (readonly [number, string, string, readonly object[], object])[] = [
      [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info('API_KEY_INVALID')], { code: 'backend-rejected' }],
      [400, 'INVALID_ARGUMENT', 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).', [], { code: 'context-overflow' }],
      [429, 'RESOURCE_EXHAUSTED', 'quota', [quota('GenerateRequestsPerMinutePerProjectPerModel'), retry], { code: 'backend-overloaded', retryAfterMs: 34_400 }],
      [429, 'RESOURCE_EXHAUSTED', 'quota', [quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), retry], { code: 'quota-exhausted' }],
      [503, 'UNAVAILABLE', 'The model is overloaded.', [], { code: 'backend-unavailable' }],
      [404, 'NOT_FOUND', 'models/gemini-9 is not found', [], { code: 'request-rejected' }],
    ];
    for (const [status, name, message, details, expected] of refusals) {
      const body = JSON.stringify({ error: { code: status, message, status: name, details } });
      const [event] = await hear({ status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body });
      expect(event).toMatchObject({ type: 'error', error: { status, ...expected } });
    }
  });

  it('goes on with a reply that was broken at the vendor’s own limit', async () => {
    const tokens: unknown[] = [];
    const bodies = [frames({ ...candidate([{ text: 'one ' }], 'CONTINUATION'), continuationToken: 'T1' }), frames(candidate([{ text: 'two' }], 'STOP'))];
    const fetch: FetchLike = (_url, init) => {
      tokens.push((JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Record<string, unknown>)['continuationToken']);
      return Promise.resolve(new Response(bodies[tokens.length - 1], { headers: { 'content-type': 'text/event-stream' } }));
    };
    const events = await collect(createBackend(GEMINI, { env: {}, fetch }));
    expect(textOf(events)).toBe('one two');
    expect(tokens).toEqual([undefined, 'T1']);
  });

  it('needs a finish reason to believe that a reply is complete', async () => {
    expect((await hear({ body: frames(candidate([{ text: 'x' }])) })).at(-1)).toMatchObject({ error: { code: 'backend-truncated' } });
    expect((await hear({ headers: { 'content-type': 'text/html' }, body: '<h1>nginx</h1>' })).at(-1)).toMatchObject({ error: { code: 'backend-garbage' } });
  });

  it('reads a reply that comes as one list', async () => {
    const body = JSON.stringify([candidate([{ text: 'hm', thought: true }]), candidate([{ text: 'Grüße' }], 'STOP')]);
    const events = await hear({ headers: { 'content-type': 'application/json' }, body });
    expect([reasoningOf(events), textOf(events)]).toEqual(['hm', 'Grüße']);
    expect((await hear({ headers: { 'content-type': 'application/json' }, body: '{"hello":1}' })).at(-1)).toMatchObject({ error: { code: 'backend-garbage' } });
  });
});
