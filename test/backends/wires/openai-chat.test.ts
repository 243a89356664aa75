import { describe, expect, it } from '@jest/globals';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendEvent } from '../../../src/backends/contract.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, textOf } from '../../support/backend-collect.js';
import { recording, replay, type Reply } from '../../support/backend-replay.js';


const LOCAL: BackendConfig = { type: 'chatcompletion', base_url: 'http://127.0.0.1:1/v1', model: 'local' };

const hear = (reply: Reply, config: BackendConfig = LOCAL): Promise<BackendEvent[]> =>
  collect(createBackend(config, { env: { OPENROUTER_API_KEY: 'sk-or-key' }, fetch: replay(reply).fetch }));

const read = (name: string, config: BackendConfig = LOCAL): Promise<BackendEvent[]> => hear({ body: recording(`openai-chat/${name}.sse`) }, config);

const frames = (...chunks: readonly unknown[]): string => chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('');
const delta = (fields: object, finish: string | null = null): object => ({ choices: [{ index: 0, delta: fields, finish_reason: finish }] });

describe('the chat completions wire', () => {
  it('counts cached and reasoning tokens as parts, not on top', async () => {
    expect(eventsOf(await read('text'), 'usage')).toEqual([
      { type: 'usage', usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 8 } },
    ]);
  });

  it('adds reasoning to the output of a vendor whose total counts it beside', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } };
    const events = await hear({ body: frames(delta({ content: 'x' }, 'stop'), { choices: [], usage }, '[DONE]') });
    expect(eventsOf(events, 'usage')[0]?.usage).toEqual({ inputTokens: 10, outputTokens: 12, reasoningTokens: 7 });
  });

  it('finds usage where vendors hide it', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5 };
    const inChoice = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] };
    for (const chunk of [inChoice, { ...delta({}, 'stop'), x_groq: { usage } }]) {
      expect(eventsOf(await hear({ body: frames(chunk, '[DONE]') }), 'usage')[0]?.usage).toEqual({ inputTokens: 10, outputTokens: 5 });
    }
  });

  it('reads what OpenRouter adds: heartbeats, cost, and reasoning to send back', async () => {
    const events = await read('openrouter-reasoning', { type: 'openrouter', model: 'anthropic/claude-sonnet-4.5' });
    expect(reasoningOf(events)).toBe('Let me think. Über…');
    expect(callsOf(events)).toEqual([{ id: 'toolu_1', name: 'vote', argumentsText: '{"agent_id": "agent2", "reason": "clearer"}' }]);
    expect(eventsOf(events, 'usage')[0]?.usage).toEqual({ inputTokens: 100, outputTokens: 20, reasoningTokens: 5, costMicros: 1235 });
    expect(events.at(-1)).toEqual({
      type: 'finish',
      reason: 'tool-calls',
      items: [
        {
          wire: 'openai-chat',
          item: { reasoning_details: [{ type: 'reasoning.text', text: 'Let me think. Über…', format: 'anthropic-claude-v1', index: 0, signature: 'c2ln' }] },
        },
      ],
    });
  });

  it('gives a refusal as text with its own finish', async () => {
    const events = await read('refusal');
    expect(textOf(events)).toBe('I cannot help with that.');
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'refusal' });
  });

  it('knows why a reply ended', async () => {
    expect((await read('filtered')).at(-1)).toEqual({ type: 'finish', reason: 'content-filter' });
    const half = await read('length');
    expect(half.at(-1)).toEqual({ type: 'finish', reason: 'length' });
    expect(callsOf(half)).toEqual([{ id: 'call_A', name: 'new_answer', argumentsText: '{"content":"half' }]);
    for (const [given, reason] of [['function_call', 'tool-calls'], ['eos', 'stop'], ['length', 'length']] as const) {
      expect((await hear({ body: frames(delta({ content: 'x' }, given), '[DONE]') })).at(-1)).toEqual({ type: 'finish', reason });
    }
  });

  it('calls it tool-calls when tools were called, whatever the vendor says', async () => {
    const call = { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'vote', arguments: '{}' } }] };
    expect((await hear({ body: frames(delta(call, 'stop'), '[DONE]') })).at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  it('takes an error frame for an error, by its status or by its name', async () => {
    expect((await read('error-frame')).at(-1)).toMatchObject({ type: 'error', error: { code: 'backend-unavailable' } });
    const codes = [
      [{ code: 429, message: 'slow down' }, 'backend-overloaded'],
      [{ code: 'rate_limit_exceeded', message: 'slow down' }, 'backend-overloaded'],
      [{ code: 'insufficient_quota', message: 'pay' }, 'quota-exhausted'],
      [{ code: 'context_length_exceeded', message: 'too long' }, 'context-overflow'],
      [{ code: 502, message: 'provider is down' }, 'backend-unavailable'],
      ['plain text', 'backend-unavailable'],
    ] as const;
    for (const [error, code] of codes) {
      expect((await hear({ body: frames(delta({ content: 'x' }), { error }) })).at(-1)).toMatchObject({ type: 'error', error: { code } });
    }
  });

  it('needs a finish reason or [DONE] to believe that a reply is complete', async () => {
    const said = delta({ content: 'x' });
    expect((await hear({ body: frames(said) })).at(-1)).toMatchObject({ error: { code: 'backend-truncated' } });
    expect((await hear({ body: frames(said, '[DONE]') })).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect((await hear({ body: frames(said, delta({}, 'stop')) })).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect((await hear({ body: frames(said, '[DONE]').trimEnd() })).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect((await hear({ body: `${frames(said)}data: {"choices":[{"ind` })).at(-1)).toMatchObject({ error: { code: 'backend-truncated' } });
  });

  it('takes a page for garbage and shows how it began', async () => {
    const page = '<html><body>\n<h1>Welcome to nginx!</h1></body></html>';
    for (const type of ['text/html', 'text/event-stream']) {
      const events = await hear({ headers: { 'content-type': type }, body: page });
      expect(events).toEqual([{ type: 'error', error: { code: 'backend-garbage', message: expect.stringContaining('Welcome to nginx') } }]);
    }
    expect(await hear({ body: '' })).toMatchObject([{ type: 'error', error: { code: 'backend-truncated' } }]);
  });

  it('reads a whole reply from a vendor that does not stream', async () => {
    const message = { role: 'assistant', content: 'Grüße', reasoning_content: 'hm', tool_calls: [{ id: 'a', type: 'function', function: { name: 'vote', arguments: '{"a":1}' } }] };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage: { prompt_tokens: 3, completion_tokens: 2 } });
    const events = await hear({ headers: { 'content-type': 'application/json' }, body });
    expect(textOf(events)).toBe('Grüße');
    expect(reasoningOf(events)).toBe('hm');
    expect(callsOf(events)).toEqual([{ id: 'a', name: 'vote', argumentsText: '{"a":1}' }]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
    for (const [wrong, code] of [['{"hello":1}', 'backend-garbage'], ['{"error":{"message":"no","code":429}}', 'backend-overloaded'], ['{"cho', 'backend-garbage']] as const) {
      expect((await hear({ headers: { 'content-type': 'application/json' }, body: wrong })).at(-1)).toMatchObject({ error: { code } });
    }
  });

  it('joins the deltas of one kind that come in one read', async () => {
    const fetch = (): Promise<Response> =>
      Promise.resolve(new Response(recording('openai-chat/reasoning.sse'), { headers: { 'content-type': 'text/event-stream' } }));
    const events = await collect(createBackend(LOCAL, { env: {}, fetch }));
    expect(events.map(({ type }) => type)).toEqual(['reasoning-delta', 'text-delta', 'usage', 'finish']);
  });

  it('sends the idempotency key as a header', async () => {
    const { fetch, sent } = replay({ body: recording('openai-chat/text.sse') });
    await collect(createBackend(LOCAL, { env: {}, fetch }), requestOf({ idempotencyKey: 'run-1/a/0' }));
    expect(sent[0]?.headers.get('idempotency-key')).toBe('run-1/a/0');
    expect(sent[0]?.url).toBe('http://127.0.0.1:1/v1/chat/completions');
  });

  it('tells the sources of a reply, each once', async () => {
    const cited = (url: string, title?: string): object => ({ type: 'url_citation', url_citation: { url, ...(title === undefined ? {} : { title }), start_index: 0, end_index: 1 } });
    const chunks = [delta({ content: 'x', annotations: [cited('https://a.example', 'A')] }), { choices: [{ index: 0, delta: {}, annotations: [cited('https://a.example', 'A'), cited('https://b.example')] }] }, { ...delta({ content: 'y' }, 'stop'), citations: ['https://b.example', 'https://c.example'] }];
    const told = [{ type: 'citation', url: 'https://a.example', title: 'A' }, { type: 'citation', url: 'https://b.example' }, { type: 'citation', url: 'https://c.example' }];
    expect(eventsOf(await hear({ body: frames(...chunks, '[DONE]') }), 'citation')).toEqual(told);
    const whole = { choices: [{ message: { content: 'x', annotations: [cited('https://a.example', 'A')] }, finish_reason: 'stop' }] };
    expect(eventsOf(await hear({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(whole) }), 'citation')).toEqual(told.slice(0, 1));
  });

  it('hears thoughts that stand among the parts of the text', async () => {
    const events = await hear({ body: frames(delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }), delta({ content: [{ type: 'text', text: 'Yes.' }] }, 'stop'), '[DONE]') });
    expect([reasoningOf(events), textOf(events)]).toEqual(['Hm.', 'Yes.']);
  });

  it('knows a reply that ended with the room of its model', async () => {
    expect((await hear({ body: frames(delta({ content: 'x' }, 'model_context_window_exceeded'), '[DONE]') })).at(-1)).toEqual({ type: 'finish', reason: 'length' });
  });

  it('says the limit in its new words where the old ones are refused, and does so from then on', async () => {
    const bodies: Record<string, unknown>[] = [];
    const fetch: FetchLike = (_url, init) => {
      const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Record<string, unknown>;
      bodies.push(body);
      const refused = { error: { message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", type: 'invalid_request_error', param: 'max_tokens', code: 'unsupported_parameter' } };
      if ('max_tokens' in body) return Promise.resolve(new Response(JSON.stringify(refused), { status: 400 }));
      return Promise.resolve(new Response(recording('openai-chat/text.sse'), { headers: { 'content-type': 'text/event-stream' } }));
    };
    const backend = createBackend({ type: 'azure_openai', model: 'our-best', base_url: 'https://x.openai.azure.com', api_key: 'k', max_tokens: 9 }, { env: {}, fetch });
    for (let call = 0; call < 2; call += 1) expect((await collect(backend)).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens])).toEqual([[9, undefined], [undefined, 9], [undefined, 9]]);
  });
});
