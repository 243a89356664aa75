import { describe, expect, it } from '@jest/globals';
import { createBackend } from '../../../src/backends/create.js';
import type { BackendEvent, Message, ProviderItem } from '../../../src/backends/contract.js';
import type { BackendConfig, FetchLike } from '../../../src/backends/spec.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, textOf } from '../../support/backend-collect.js';
import { recording, replay, type Reply, type SentRequest } from '../../support/backend-replay.js';


const CLAUDE: BackendConfig = { type: 'claude', model: 'claude-sonnet-4-20250514', api_key: 'sk-ant-x' };

const hear = (reply: Reply): Promise<BackendEvent[]> => collect(createBackend(CLAUDE, { env: {}, fetch: replay(reply).fetch }));
const read = (name: string): Promise<BackendEvent[]> => hear({ body: recording(`anthropic-messages/${name}.sse`) });

const frames = (...events: readonly object[]): string => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const START = { type: 'message_start', message: { usage: { input_tokens: 3, output_tokens: 1 } } };
const stopped = (stop_reason: string): string =>
  frames(START, { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'x' } }, { type: 'content_block_stop', index: 0 }, { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 2 } }, { type: 'message_stop' });

const itemsOf = (events: readonly BackendEvent[]): readonly ProviderItem[] => eventsOf(events, 'finish')[0]?.items ?? [];

/** One reply after the other, and what was asked for. */
function conversation(...names: readonly string[]): { readonly fetch: FetchLike; readonly sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const replays = names.map((name) => replay({ body: recording(`anthropic-messages/${name}.sse`) }));
  const fetch: FetchLike = async (url, init) => {
    const next = replays[sent.length];
    if (next === undefined) throw new Error('asked once too often');
    const response = await next.fetch(url, init);
    sent.push(...next.sent);
    return response;
  };
  return { fetch, sent };
}

describe('the Messages wire', () => {
  it('counts cached tokens into the input and thinking as a part of the output', async () => {
    expect(eventsOf(await read('text'), 'usage')).toEqual([
      { type: 'usage', usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 8 } },
    ]);
  });

  it('keeps thinking with its signature, and what is redacted, for the next request', async () => {
    const events = await read('reasoning-tool');
    expect(reasoningOf(events)).toBe('Let me think. Über…');
    expect(itemsOf(events).map(({ item }) => item)).toEqual([
      { type: 'thinking', thinking: 'Let me think. Über…', signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds' },
      { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix/LafPsn4a' },
      { type: 'tool_use', id: 'toolu_01A', name: 'vote', input: { agent_id: 'agent2', reason: 'clearer' } },
    ]);
    expect(itemsOf(events).every(({ wire }) => wire === 'anthropic-messages')).toBe(true);
  });

  it('tells of searches, of code and of sources, and keeps the blocks', async () => {
    const events = await read('provider-tools');
    expect(textOf(events)).toBe('I look it up. He was born in 1916. That is 110 years.');
    expect(eventsOf(events, 'provider-tool')).toEqual([
      { type: 'provider-tool', id: 'srvtoolu_01WYG3', name: 'web_search', status: 'start', detail: 'claude shannon birth date' },
      { type: 'provider-tool', id: 'srvtoolu_01WYG3', name: 'web_search', status: 'end', detail: 'https://en.wikipedia.org/wiki/Claude_Shannon' },
      { type: 'provider-tool', id: 'srvtoolu_01B3C4', name: 'bash_code_execution', status: 'start', detail: 'echo $((2026-1916))' },
      { type: 'provider-tool', id: 'srvtoolu_01B3C4', name: 'bash_code_execution', status: 'end', detail: '110\n' },
    ]);
    expect(eventsOf(events, 'citation')).toEqual([{ type: 'citation', url: 'https://en.wikipedia.org/wiki/Claude_Shannon', title: 'Claude Shannon - Wikipedia' }]);
    expect(eventsOf(events, 'usage')[0]?.usage.tools).toEqual({ web_search: { uses: 1 } });
    expect(itemsOf(events)).toHaveLength(7);
    expect(itemsOf(events)[3]?.item).toMatchObject({ type: 'text', text: 'He was born in 1916. ', citations: [{ encrypted_index: 'Eo8BCioIAhgBIiQyYjQ0OWJmZi1lNm' }] });
    expect(callsOf(events)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('goes on with a paused reply: the blocks so far and the container go back, the usage adds up', async () => {
    const { fetch, sent } = conversation('pause-1', 'pause-2');
    const events = await collect(createBackend(CLAUDE, { env: {}, fetch }));
    expect(textOf(events)).toBe('Searching on. Done.');
    expect(sent).toHaveLength(2);
    expect(sent[1]?.body).toMatchObject({ container: 'container_011' });
    expect((sent[1]?.body['messages'] as unknown[]).at(-1)).toEqual({
      role: 'assistant',
      content: [
        { type: 'text', text: 'Searching on. ' },
        { type: 'server_tool_use', id: 'srvtoolu_01P', name: 'web_search', input: { query: 'more' } },
      ],
    });
    expect(eventsOf(events, 'provider-tool').at(-1)).toMatchObject({ status: 'end', detail: 'failed: max_uses_exceeded' });
    expect(eventsOf(events, 'usage')).toEqual([{ type: 'usage', usage: { inputTokens: 135, outputTokens: 14, cachedInputTokens: 64, cacheWriteTokens: 5 } }]);
    expect(itemsOf(events)).toHaveLength(4);
  });

  it('does not go on for ever', async () => {
    const paused = replay({ body: recording('anthropic-messages/pause-1.sse') });
    const events = await collect(createBackend(CLAUDE, { env: {}, fetch: paused.fetch }));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'backend-truncated' } });
    expect(paused.sent).toHaveLength(11);
  });

  it('knows why a reply ended', async () => {
    const reasons = { end_turn: 'stop', stop_sequence: 'stop', max_tokens: 'length', model_context_window_exceeded: 'length', tool_use: 'tool-calls', refusal: 'refusal', something_new: 'stop' };
    for (const [given, reason] of Object.entries(reasons)) expect((await hear({ body: stopped(given) })).at(-1)).toMatchObject({ type: 'finish', reason });
    const half = await read('length');
    expect(half.at(-1)).toMatchObject({ type: 'finish', reason: 'length' });
    expect(callsOf(half)).toEqual([{ id: 'toolu_01A', name: 'new_answer', argumentsText: '{"content":"half' }]);
  });

  it('says why the model refused', async () => {
    const events = await read('refusal');
    expect(textOf(events)).toBe('I cannot help with that.');
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'refusal' });
  });

  it('takes an error frame for an error, by its name', async () => {
    expect((await read('error-frame')).at(-1)).toMatchObject({ type: 'error', error: { code: 'backend-overloaded', message: expect.stringContaining('Overloaded') } });
    const codes = { overloaded_error: 'backend-overloaded', rate_limit_error: 'backend-overloaded', api_error: 'backend-unavailable', billing_error: 'quota-exhausted', authentication_error: 'backend-rejected', invalid_request_error: 'request-rejected' };
    for (const [type, code] of Object.entries(codes)) {
      expect((await hear({ body: frames(START, { type: 'error', error: { type, message: 'no' } }) })).at(-1)).toMatchObject({ error: { code } });
    }
  });

  it('reads a refusal of the request by what Anthropic says', async () => {
    const refusals = [
      [529, 'overloaded_error', 'Overloaded', 'backend-overloaded'],
      [400, 'invalid_request_error', 'prompt is too long: 215000 tokens > 200000 maximum', 'context-overflow'],
      [413, 'request_too_large', 'Request exceeds the maximum size', 'context-overflow'],
      [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', 'quota-exhausted'],
      [404, 'not_found_error', 'model: claude-9', 'request-rejected'],
    ] as const;
    for (const [status, type, message, code] of refusals) {
      const body = JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' });
      const [event] = await hear({ status, headers: { 'content-type': 'application/json' }, body });
      expect(event).toMatchObject({ type: 'error', error: { code, status, message: expect.stringContaining(message) } });
    }
  });

  it('believes a reply that lacks only its last frame, and no other that ends early', async () => {
    const whole = stopped('end_turn');
    expect((await hear({ body: whole.slice(0, whole.lastIndexOf('data:')) })).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    expect((await hear({ body: frames(START) })).at(-1)).toMatchObject({ error: { code: 'backend-truncated' } });
    expect((await hear({ headers: { 'content-type': 'text/html' }, body: '<h1>nginx</h1>' })).at(-1)).toMatchObject({ error: { code: 'backend-garbage' } });
  });

  it('reads a whole reply from a server that does not stream', async () => {
    const body = JSON.stringify({ type: 'message', content: [{ type: 'text', text: 'Grüße' }, { type: 'tool_use', id: 't', name: 'vote', input: { a: 1 } }], stop_reason: 'tool_use', usage: { input_tokens: 3, output_tokens: 2 } });
    const events = await hear({ headers: { 'content-type': 'application/json' }, body });
    expect(textOf(events)).toBe('Grüße');
    expect(callsOf(events)).toEqual([{ id: 't', name: 'vote', argumentsText: '{"a":1}' }]);
    expect(eventsOf(events, 'usage')[0]?.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    for (const wrong of ['{"hello":1}', '{"type":"error","error":{"type":"api_error","message":"no"}}']) {
      expect((await hear({ headers: { 'content-type': 'application/json' }, body: wrong })).at(-1)).toMatchObject({ type: 'error' });
    }
  });

  it('keeps no thought and no search that the limit has cut, which the API would refuse', async () => {
    const cut = (stop_reason: string): string =>
      frames(
        START,
        { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: 'whole', signature: 'sig' } },
        { type: 'content_block_stop', index: 0 },
        { type: 'content_block_start', index: 1, content_block: { type: 'text', text: 'x' } },
        { type: 'content_block_stop', index: 1 },
        { type: 'content_block_start', index: 2, content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} } },
        { type: 'content_block_stop', index: 2 },
        { type: 'content_block_start', index: 3, content_block: { type: 'thinking', thinking: '', signature: '' } },
        { type: 'content_block_delta', index: 3, delta: { type: 'thinking_delta', thinking: 'cut' } },
        { type: 'content_block_stop', index: 3 },
        { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 2 } },
        { type: 'message_stop' },
      );
    const types = async (reason: string): Promise<unknown[]> => itemsOf(await hear({ body: cut(reason) })).map(({ item }) => (item as { type: string }).type);
    expect(await types('max_tokens')).toEqual(['thinking', 'text']);
    expect(await types('end_turn')).toEqual(['thinking', 'text', 'server_tool_use', 'thinking']);
  });
});

describe('a request that Claude refuses for what can be left out', () => {
  interface Sent {
    readonly tool_choice?: unknown;
    readonly thinking?: unknown;
    readonly messages: readonly { readonly content: readonly { readonly type: string }[] }[];
  }

  /** A server that refuses with this as long as `isRefused`. */
  function refusing(message: string, isRefused: (body: Sent) => boolean): { readonly fetch: FetchLike; readonly bodies: Sent[] } {
    const bodies: Sent[] = [];
    const fetch: FetchLike = (_url, init) => {
      const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Sent;
      bodies.push(body);
      if (isRefused(body)) return Promise.resolve(new Response(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }), { status: 400 }));
      return Promise.resolve(new Response(recording('anthropic-messages/text.sse'), { headers: { 'content-type': 'text/event-stream' } }));
    };
    return { fetch, bodies };
  }

  const isForced = ({ tool_choice: choice }: Sent): boolean => JSON.stringify(choice).includes('"tool"');
  const types = ({ messages }: Sent): unknown => messages.map(({ content }) => content.map(({ type }) => type));

  it.each(['Thinking may not be enabled when tool_choice forces tool use.', 'tool_choice: type "tool" and "any" are not supported for this model.'])('is sent once more unforced, and never forced again: %s', async (message) => {
    const { fetch, bodies } = refusing(message, isForced);
    const backend = createBackend(CLAUDE, { env: {}, fetch });
    for (let call = 0; call < 2; call += 1) expect(textOf(await collect(backend, requestOf({ toolChoice: { name: 'vote' }, parallelToolCalls: false })))).toBe('Grüße, 世界 👋 — done.');
    const auto = { type: 'auto', disable_parallel_tool_use: true };
    expect(bodies.map(({ tool_choice: choice }) => choice)).toEqual([{ type: 'tool', name: 'vote', disable_parallel_tool_use: true }, auto, auto]);
  });

  const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' };
  const use = { type: 'tool_use', id: 'a', name: 'vote', input: {} };
  const messages: readonly Message[] = [
    { role: 'user', content: 'q' },
    { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'vote', argumentsText: '{}' }], items: [thinking, use].map((item) => ({ wire: 'anthropic-messages', item })) },
    { role: 'tool', callId: 'a', name: 'vote', text: 'ok' },
  ];

  it('is sent once more without thoughts that belong to a conversation that has changed', async () => {
    const message = 'messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.';
    const { fetch, bodies } = refusing(message, (body) => JSON.stringify(types(body)).includes('thinking'));
    expect((await collect(createBackend({ ...CLAUDE, thinking: { type: 'adaptive' } }, { env: {}, fetch }), requestOf({ messages }))).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map(types)).toEqual([[['text'], ['thinking', 'tool_use'], ['tool_result']], [['text'], ['tool_use'], ['tool_result']]]);
    expect(bodies[1]?.thinking).toEqual({ type: 'adaptive' });
  });

  it('does not ask for thoughts beside a call that another model made without', async () => {
    const message = 'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.';
    const { fetch, bodies } = refusing(message, (body) => body.thinking !== undefined);
    const foreign = messages.map((each) => (each.role === 'assistant' ? { ...each, items: [] } : each));
    expect((await collect(createBackend({ ...CLAUDE, thinking: { type: 'enabled', budget_tokens: 2000 } }, { env: {}, fetch }), requestOf({ messages: foreign }))).at(-1)).toMatchObject({ type: 'finish' });
    expect(bodies.map((body) => body.thinking)).toEqual([{ type: 'enabled', budget_tokens: 2000 }, undefined]);
  });

  it('stays refused when nothing can be left out', async () => {
    for (const message of ['tool_choice: no such tool', 'Invalid `signature` in `thinking` block', 'max_tokens: too many']) {
      const { fetch, bodies } = refusing(message, () => true);
      expect((await collect(createBackend(CLAUDE, { env: {}, fetch }), requestOf())).at(-1)).toMatchObject({ type: 'error', error: { code: 'request-rejected' } });
      expect(bodies).toHaveLength(1);
    }
  });
});
