import { describe, expect, it } from '@jest/globals';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendEvent } from '../../../src/backends/contract.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, textOf } from '../../support/backend-collect.js';
import { recording, replay, type Reply } from '../../support/backend-replay.js';


const hear = (reply: Reply): Promise<BackendEvent[]> =>
  collect(createBackend({ type: 'openai' }, { env: { OPENAI_API_KEY: 'sk-key' }, fetch: replay(reply).fetch }));

const read = (name: string): Promise<BackendEvent[]> => hear({ body: recording(`openai-responses/${name}.sse`) });

const frame = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`;

describe('the Responses wire', () => {
  it('counts cached and reasoning tokens as parts', async () => {
    expect(eventsOf(await read('text'), 'usage')).toEqual([
      { type: 'usage', usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 8 } },
    ]);
  });

  it('keeps the output items verbatim, to be sent back', async () => {
    const finish = eventsOf(await read('reasoning'), 'finish')[0];
    expect(finish?.items).toMatchObject([
      { wire: 'openai-responses', item: { type: 'reasoning', id: 'rs_01', encrypted_content: 'gAAAAABo==' } },
      { wire: 'openai-responses', item: { type: 'message', id: 'msg_01', status: 'completed' } },
    ]);
  });

  it('keeps the items it has seen when the last frame leaves them out', async () => {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'vote', arguments: '{}' };
    const events = await hear({
      body: frame({ type: 'response.output_item.done', output_index: 0, item }) + frame({ type: 'response.completed', response: { output: [] } }),
    });
    expect(callsOf(events)).toEqual([{ id: 'call_1', name: 'vote', argumentsText: '{}' }]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls', items: [{ wire: 'openai-responses', item }] });
  });

  it("shows the vendor's own tools and the pages it cites", async () => {
    const events = await read('provider-tools');
    expect(eventsOf(events, 'provider-tool')).toEqual([
      { type: 'provider-tool', id: 'ws_01', name: 'web_search', status: 'start' },
      { type: 'provider-tool', id: 'ws_01', name: 'web_search', status: 'end', detail: 'weather Köln' },
      { type: 'provider-tool', id: 'ci_01', name: 'code_interpreter', status: 'start' },
      { type: 'provider-tool', id: 'ci_01', name: 'code_interpreter', status: 'end', detail: 'print(1)' },
    ]);
    expect(eventsOf(events, 'citation')).toEqual([{ type: 'citation', url: 'https://example.org/köln', title: 'Wetter' }]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('counts the uses of tools that are charged for: searches, not pages that were opened, and containers', async () => {
    const output = [
      { type: 'web_search_call', id: 'a', action: { type: 'search', query: 'x' } },
      { type: 'web_search_call', id: 'b', action: { type: 'open_page', url: 'https://x' } },
      { type: 'code_interpreter_call', id: 'c', container_id: 'cntr_1' },
      { type: 'code_interpreter_call', id: 'd', container_id: 'cntr_1' },
    ];
    const events = await hear({ body: frame({ type: 'response.completed', response: { output, usage: { input_tokens: 1, output_tokens: 2 } } }) });
    expect(eventsOf(events, 'usage')).toEqual([{ type: 'usage', usage: { inputTokens: 1, outputTokens: 2, tools: { web_search: { uses: 1 }, code_interpreter: { uses: 1 } } } }]);
  });

  it('counts what was written to the cache, which newer models charge more for', async () => {
    const usage = { input_tokens: 2000, output_tokens: 2, input_tokens_details: { cached_tokens: 100, cache_write_tokens: 1500 } };
    const events = await hear({ body: frame({ type: 'response.completed', response: { output: [], usage } }) });
    expect(eventsOf(events, 'usage')[0]?.usage).toEqual({ inputTokens: 2000, outputTokens: 2, cachedInputTokens: 100, cacheWriteTokens: 1500 });
  });

  it('takes xAI at its word about uses and cost', async () => {
    const usage = { input_tokens: 1, output_tokens: 2, cost_in_usd_ticks: 37_756_000, server_side_tool_usage_details: { web_search_calls: 2, x_search_calls: 1, code_interpreter_calls: 0, mcp_calls: 4 } };
    const events = await hear({ body: frame({ type: 'response.completed', response: { output: [], usage } }) });
    expect(eventsOf(events, 'usage')[0]?.usage).toEqual({ inputTokens: 1, outputTokens: 2, tools: { web_search: { uses: 2 }, x_search: { uses: 1 } }, costMicros: 3776 });
  });

  it('gives a refusal as text with its own finish', async () => {
    const events = await read('refusal');
    expect(textOf(events)).toBe('I cannot help with that.');
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'refusal' });
  });

  it('knows why a reply ended', async () => {
    expect((await read('filtered')).at(-1)).toMatchObject({ type: 'finish', reason: 'content-filter' });
    const half = await read('length');
    expect(half.at(-1)).toMatchObject({ type: 'finish', reason: 'length' });
    expect(callsOf(half)).toEqual([{ id: 'call_A', name: 'new_answer', argumentsText: '{"content":"half' }]);
  });

  it('takes a failed response and an error event for errors', async () => {
    expect((await read('error-frame')).at(-1)).toMatchObject({ type: 'error', error: { code: 'backend-overloaded', message: expect.stringContaining('Rate limit reached') } });
    const frames = [
      [{ type: 'error', code: 'server_error', message: 'oops' }, 'backend-unavailable'],
      [{ type: 'error', error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'too long' } }, 'context-overflow'],
      [{ error: { type: 'server_error', message: 'oops' } }, 'backend-unavailable'],
    ] as const;
    for (const [fields, code] of frames) expect((await hear({ body: frame(fields) })).at(-1)).toMatchObject({ type: 'error', error: { code } });
  });

  it('reads a whole response from a server that does not stream', async () => {
    const output = [
      { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'x' },
      { type: 'message', id: 'msg', role: 'assistant', content: [{ type: 'output_text', text: 'Grüße', annotations: [] }] },
      { type: 'function_call', id: 'fc', call_id: 'call_1', name: 'vote', arguments: '{"a":1}' },
    ];
    const body = JSON.stringify({ object: 'response', status: 'completed', output, usage: { input_tokens: 3, output_tokens: 2 } });
    const events = await hear({ headers: { 'content-type': 'application/json' }, body });
    expect(reasoningOf(events)).toBe('hm');
    expect(textOf(events)).toBe('Grüße');
    expect(callsOf(events)).toEqual([{ id: 'call_1', name: 'vote', argumentsText: '{"a":1}' }]);
    expect(eventsOf(events, 'finish')[0]?.items?.map(({ item }) => item)).toEqual(output);
  });

  it('sends an earlier reply back as it came', async () => {
    const heard = eventsOf(await read('reasoning'), 'finish')[0];
    const { fetch, sent } = replay({ body: recording('openai-responses/text.sse') });
    const backend = createBackend({ type: 'openai' }, { env: { OPENAI_API_KEY: 'sk-key' }, fetch });
    const assistant = { role: 'assistant', text: 'ignored, the items say it', toolCalls: [], items: heard?.items ?? [] } as const;
    await collect(backend, requestOf({ messages: [{ role: 'user', content: 'hi' }, assistant, { role: 'user', content: 'more' }] }));
    expect(sent[0]?.body['input']).toEqual([{ role: 'user', content: 'hi' }, ...(heard?.items ?? []).map(({ item }) => item), { role: 'user', content: 'more' }]);
    expect(sent[0]?.body).toMatchObject({ store: false, stream: true, include: ['reasoning.encrypted_content'], reasoning: { summary: 'auto' } });
    expect(sent[0]?.body).not.toHaveProperty('previous_response_id');
  });
});
