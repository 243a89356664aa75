import { afterEach, describe, expect, it } from '@jest/globals';
import { estimateTokens } from '../../../src/orchestrator/index.js';
import { createMessagesDialect } from '../../../src/server/messages/messages-dialect.js';
import { closeServers } from '../../support/backend-servers.js';
import { cleanUp } from '../../support/massgen-process.js';
import { askMessage, messageBody, picture, PNG, streamMessage, WEATHER } from '../../support/messages.js';
import { ECHO, looped } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../../support/server.js';
import { aloneAt, startVendor, type HeardBody, type Said, type Vendor } from '../../support/vendor.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

async function alone(answer: (body: HeardBody, place: number) => Said): Promise<TestServer & { readonly vendor: Vendor }> {
  const vendor = await startVendor(answer);
  return { ...(await serveHere({ config: aloneAt(vendor.url) })), vendor };
}

describe("a caller's tools", () => {
  const asked = { role: 'user', content: 'How is Lima?' };
  const hasResult = ({ messages }: HeardBody): boolean => JSON.stringify(messages).includes('sunny');
  const answer = (body: HeardBody): Said => (hasResult(body) ? { text: 'It is sunny in Lima.' } : { text: 'Let me look.', calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] });

  it('are called, and their results are read', async () => {
    const server = await alone(answer);
    const body = await bodyOf(await askMessage(server, { messages: [asked], tools: [WEATHER], tool_choice: { type: 'any', disable_parallel_tool_use: true } }));
    expect(server.vendor.heard[0]).toMatchObject({ tool_choice: 'required', parallel_tool_calls: false, tools: [{ type: 'function', function: { name: 'get_weather', description: 'The weather of a city.', parameters: WEATHER.input_schema } }] });
    expect(body).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'text', text: 'Let me look.' }, { type: 'tool_use', id: 'call_0_0', name: 'get_weather', input: { city: 'Lima' }, caller: { type: 'direct' } }] });
    const result = { type: 'tool_result', tool_use_id: 'call_0_0', content: [{ type: 'text', text: 'sunny' }] };
    const next = await bodyOf(await askMessage(server, { messages: [asked, { role: 'assistant', content: body.content }, { role: 'user', content: [result, { type: 'text', text: '<reminder>Be brief.</reminder>' }] }], tools: [WEATHER] }));
    expect(next).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: 'It is sunny in Lima.' }] });
    expect(server.vendor.heard[1]!.messages).toEqual([
      { role: 'user', content: 'How is Lima?' },
      { role: 'assistant', content: 'Let me look.', tool_calls: [{ id: 'call_0_0', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lima"}' } }] },
      { role: 'tool', tool_call_id: 'call_0_0', content: 'sunny' },
      { role: 'user', content: '<reminder>Be brief.</reminder>' },
    ]);
  });

  it('stream their input as JSON', async () => {
    const frames = await streamMessage(await alone(answer), { messages: [asked], tools: [WEATHER] });
    expect(frames.map(({ event }) => event)).toEqual(['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
    expect(frames[4]!.data).toEqual({ type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'call_0_0', name: 'get_weather', input: {}, caller: { type: 'direct' } } });
    expect(frames[5]!.data).toEqual({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":"Lima"}' } });
    expect(frames.at(-2)!.data.delta).toMatchObject({ stop_reason: 'tool_use', stop_sequence: null });
  });

  it('stand in the stream once, though nothing is said before them', async () => {
    const calls = ['Lima', 'Rome'].map((city) => ({ name: 'get_weather', arguments: { city } }));
    const frames = await streamMessage(await alone(() => ({ calls })), { messages: [asked], tools: [WEATHER] });
    expect(frames[0]!.data).toMatchObject({ type: 'message_start', message: { content: [], stop_reason: null, usage: { output_tokens: expect.any(Number) } } });
    const [first, second] = ['call_0_0', 'call_0_1'].map((id) => ({ type: 'tool_use', id, name: 'get_weather', input: {}, caller: { type: 'direct' } }));
    expect(frames.slice(1, -2).map(({ data }): unknown => data)).toEqual([
      { type: 'content_block_start', index: 0, content_block: first },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":"Lima"}' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: second },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":"Rome"}' } },
      { type: 'content_block_stop', index: 1 },
    ]);
  });

  it('may give images back, and fail', async () => {
    const server = await alone(() => ({ text: 'I see.' }));
    const calls = ['a', 'b'].map((id) => ({ type: 'tool_use', id, name: 'look', input: {} }));
    const results = [{ type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'no light' }, { type: 'tool_result', tool_use_id: 'b', content: [picture()] }];
    await askMessage(server, { messages: [asked, { role: 'assistant', content: calls }, { role: 'user', content: results }] });
    const [, , failed, seen, shown] = server.vendor.heard[0]!.messages;
    expect([failed, seen]).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'Error: no light' }, { role: 'tool', tool_call_id: 'b', content: '(an image, which follows)' }]);
    expect(shown).toEqual({ role: 'user', content: [{ type: 'text', text: '(The image is the result of look.)' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }] });
  });

  it('are told from those that agents run themselves', () => {
    const dialect = createMessagesDialect();
    const head = { requestId: 'req_1', session: 's', model: 'm', kind: 'team' as const, created: 0, request: dialect.read(messageBody()), agentToolsInMessage: true };
    const call = { id: 'a', name: 'web_search', argumentsText: '{}' };
    expect(dialect.stream(head).event({ type: 'tool-call', index: 0, call, whose: 'agent' })).toBe('');
    expect(dialect.stream(head).event({ type: 'tool-call', index: 0, call: { ...call, id: 'functions.a:0' }, whose: 'caller' })).toContain('"id":"functions_a_0"');
  });

  it('called with what is no object are told so in words', async () => {
    const vendor = await startVendor(() => ({ calls: [{ name: 'get_weather', arguments: 'Lima' }] }));
    const body = await bodyOf(await askMessage(await serveHere({ config: aloneAt(vendor.url) }), { tools: [WEATHER] }));
    expect(body.content[0].input).toEqual({ invalid_arguments: '"Lima"' });
  });
});

describe('count_tokens', () => {
  it('counts more for more, and nobody is asked', async () => {
    const server = await alone(() => ({ text: 'never' }));
    const count = async (more: object): Promise<number> => (await bodyOf(await server.post('/v1/messages/count_tokens', { model: 'massgen', messages: [{ role: 'user', content: 'Hello!' }], ...more }))).input_tokens as number;
    const plain = await count({});
    const text = estimateTokens(Buffer.byteLength('Hello!'));
    expect(plain).toBe(4 + text);
    expect(await count({ system: 'Hello!' })).toBe(2 * plain);
    expect(await count({ system: '' })).toBe(plain);
    expect(await count({ tools: [WEATHER] })).toBeGreaterThan(plain + 300);
    expect(await count({ messages: [{ role: 'user', content: [picture(), { type: 'text', text: 'Hello!' }] }] })).toBeGreaterThan(plain + 1000);
    expect(await count({ messages: [{ role: 'user', content: 'Привет, мир! '.repeat(10) }] })).toBeGreaterThan(50);
    expect(server.vendor.heard).toHaveLength(0);
  });

  it('knows which models there are', async () => {
    const server = await serveHere({ config: looped(ECHO), strictModels: true });
    const response = await server.post('/v1/messages/count_tokens', { model: 'nobody', messages: [{ role: 'user', content: 'Hello!' }] });
    expect([response.status, (await bodyOf(response)).error.type]).toEqual([404, 'not_found_error']);
  });
});
