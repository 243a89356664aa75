import net from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp } from '../../support/massgen-process.js';
import { askMessage, messageBody, picture, WEATHER } from '../../support/messages.js';
import { ECHO, looped } from '../../support/scripts.js';
import { bodyOf, serveHere, stopServers } from '../../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

const SOLO = looped(ECHO);
const user = (...content: readonly object[]): object => ({ messages: [{ role: 'user', content }] });
const calls = (...ids: readonly string[]): object => ({ role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: {} })) });
const results = (...ids: readonly string[]): object => ({ role: 'user', content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'x' })) });
const QUESTION = { role: 'user', content: 'Hello!' };

/** A whole error: its status, and what Anthropic's clients see of it. */
async function errorOf(response: Response): Promise<readonly [number, string, string]> {
  const body = await bodyOf(response);
  expect(body).toEqual({ type: 'error', error: { type: expect.any(String), message: expect.any(String) }, request_id: response.headers.get('request-id') });
  return [response.status, body.error.type, body.error.message];
}

describe('a request that is not valid', () => {
  it.each<[string, object, string]>([
    ['no model', { model: undefined }, 'model is missing'],
    ['a model that is a number', { model: 4 }, 'model must be string'],
    ['an empty model', { model: '' }, 'model must match'],
    ['no limit of tokens', { max_tokens: undefined }, 'max_tokens is missing'],
    ['a limit of null', { max_tokens: null }, 'max_tokens is missing'],
    ['a limit of 0', { max_tokens: 0 }, 'max_tokens must be >= 1'],
    ['a limit as text', { max_tokens: '100' }, 'max_tokens must be integer'],
    ['no messages', { messages: undefined }, 'messages is missing'],
    ['no message', { messages: [] }, 'messages must NOT have fewer than 1 items'],
    ['messages that are text', { messages: 'Hello!' }, 'messages must be array'],
    ['a message that is text', { messages: ['Hello!'] }, 'messages[0] must be object'],
    ['a role of nobody', { messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role must be equal to one of the allowed values'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content is missing'],
    ['content of null', { messages: [{ role: 'user', content: null }] }, 'messages[0].content must be string,array'],
    ['empty content', { messages: [{ role: 'user', content: '' }] }, 'No user message found'],
    ['only an assistant', { messages: [{ role: 'assistant', content: 'x' }] }, 'No user message found'],
    ['a block without type', user({ text: 'x' }), 'messages[0].content[0].type is missing'],
    ['a block of an unknown type', user({ type: 'hologram' }), 'messages[0].content[0].type must be equal to one of the allowed values'],
    ['a text block without text', user({ type: 'text' }), 'messages[0].content[0].text is missing'],
    ['a text that is a number', user({ type: 'text', text: 1 }), 'messages[0].content[0].text must be string'],
    ['an image without source', user({ type: 'image' }), 'messages[0].content[0].source is missing'],
    ['an image without data', user({ type: 'image', source: { type: 'base64', media_type: 'image/png' } }), 'messages[0].content[0].source.data is missing'],
    ['an image that is none', user(picture(Buffer.from('hello').toString('base64'))), 'is no image/png image'],
    ['an image of another kind', user(picture(undefined, 'image/gif')), 'is no image/gif image'],
    ['an image of a foreign type', user(picture(undefined, 'image/svg+xml')), 'must be a PNG, JPEG, GIF or WebP image'],
    ['an image that is no base64', user(picture('%%%')), 'is not valid base64'],
    ['an image in an unknown way', user({ type: 'image', source: { type: 'telepathy' } }), 'source.type must be base64'],
    ['a tool call of the user', user({ type: 'tool_use', id: 'a', name: 'b', input: {} }), 'which only an assistant makes'],
    ['a tool call without input', { messages: [QUESTION, { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b' }] }] }, 'messages[1].content[0].input is missing'],
    ['a tool call whose input is text', { messages: [QUESTION, { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: '{}' }] }] }, 'input must be object'],
    ['a result of no call', { messages: [QUESTION, results('a')] }, 'messages[1].content[0].tool_use_id answers no tool_use block'],
    ['a result of another call', { messages: [QUESTION, calls('a'), results('b')] }, 'messages[2].content[0].tool_use_id answers no tool_use block'],
    ['a result before its call', { messages: [QUESTION, results('a'), calls('a')] }, 'answers no tool_use block'],
    ['two results of one call', { messages: [QUESTION, calls('a'), results('a', 'a')] }, 'has a result already'],
    ['two calls of one id', { messages: [QUESTION, calls('a', 'a'), results('a')] }, 'two tool_use blocks with the id "a"'],
    ['a system that is an object', { system: {} }, 'system must be string,array'],
    ['a system with an image', { system: [picture()] }, 'system[0]'],
    ['a tool without schema', { tools: [{ name: 'look' }] }, 'tools[0].input_schema is missing'],
    ['a tool without name', { tools: [{ input_schema: {} }] }, 'tools[0].name is missing'],
    ['a tool with a strange name', { tools: [{ ...WEATHER, name: 'look here' }] }, 'tools[0].name must match pattern'],
    ['a tool of the team', { tools: [{ ...WEATHER, name: 'vote' }] }, 'collide with reserved MassGen workflow tools: vote'],
    ['a tool twice', { tools: [WEATHER, WEATHER] }, 'holds "get_weather" twice'],
    ['a choice of nothing known', { tools: [WEATHER], tool_choice: { type: 'maybe' } }, 'tool_choice.type must be equal'],
    ['a choice as text', { tools: [WEATHER], tool_choice: 'auto' }, 'tool_choice must be object'],
    ['a choice without name', { tools: [WEATHER], tool_choice: { type: 'tool' } }, 'tool_choice.name is missing'],
    ['a choice of another tool', { tools: [WEATHER], tool_choice: { type: 'tool', name: 'look' } }, '"look", which is not in tools'],
    ['a choice of a tool that only Anthropic runs', { tools: [WEATHER, { type: 'web_search_20250305', name: 'web_search' }], tool_choice: { type: 'tool', name: 'web_search' } }, 'which only Anthropic runs'],
    ['any tool of none', { tool_choice: { type: 'any' } }, 'tool_choice wants a tool to be used'],
    ['thinking that is true', { thinking: true }, 'thinking must be object'],
    ['thinking without budget', { thinking: { type: 'enabled' } }, 'thinking.budget_tokens is missing'],
    ['thinking too little', { thinking: { type: 'enabled', budget_tokens: 10 } }, 'thinking.budget_tokens must be >= 1024'],
    ['thinking more than there is room', { thinking: { type: 'enabled', budget_tokens: 1024 } }, 'max_tokens must be greater than thinking.budget_tokens'],
    ['too warm', { temperature: 1.5 }, 'temperature must be <= 1'],
    ['a warmth of text', { temperature: 'hot' }, 'temperature must be number'],
    ['half a top_k', { top_k: 0.5 }, 'top_k must be integer'],
    ['a negative top_p', { top_p: -1 }, 'top_p must be >= 0'],
    ['a stop sequence alone', { stop_sequences: 'END' }, 'stop_sequences must be array'],
    ['an empty stop sequence', { stop_sequences: [''] }, 'stop_sequences[0] must match'],
    ['stream as text', { stream: 'yes' }, 'stream must be boolean'],
    ['metadata that is text', { metadata: 'x' }, 'metadata must be object'],
    ['a user that is a number', { metadata: { user_id: 4 } }, 'metadata.user_id must be string,null'],
    ['a form that is no schema', { output_config: { format: { type: 'json_schema', schema: { type: 'nonsense' } } } }, 'is no schema that can be checked'],
  ])('because of %s', async (_name, more, message) => {
    const server = await serveHere({ config: SOLO });
    const [status, type, text] = await errorOf(await askMessage(server, more));
    expect([status, type]).toEqual([400, 'invalid_request_error']);
    expect(text).toContain(message);
  });

  it.each([['[]'], ['"text"'], ['null'], ['4'], ['{"model":'], [''], ['{"model":"\\ud800'], ['\u0000']])('because its body is %j', async (body) => {
    const { post } = await serveHere({ config: SOLO });
    expect((await errorOf(await post('/v1/messages', body))).slice(0, 2)).toEqual([400, 'invalid_request_error']);
    expect((await errorOf(await post('/v1/messages/count_tokens', body))).slice(0, 2)).toEqual([400, 'invalid_request_error']);
  });

  it.each([['{"__proto__":{"max_tokens":9},"model":"m","messages":[]}'], ['{"constructor":{"prototype":{}},"model":"m","max_tokens":1,"messages":[{"role":"__proto__","content":"x"}]}']])('because of keys of the prototype: %s', async (body) => {
    const { post } = await serveHere({ config: SOLO });
    expect((await errorOf(await post('/v1/messages', body))).slice(0, 2)).toEqual([400, 'invalid_request_error']);
    expect(({} as Record<string, unknown>)['max_tokens']).toBeUndefined();
  });
});

describe('what prototypes have and objects need', () => {
  it('is only text in a request', async () => {
    const server = await serveHere({ config: SOLO });
    const tools = ['__proto__', 'constructor', 'toString'].map((name) => ({ ...WEATHER, name }));
    const messages = [QUESTION, calls('__proto__', 'constructor'), results('__proto__', 'constructor'), { role: 'user', content: 'toString' }];
    expect((await askMessage(server, { messages, tools, metadata: { constructor: 'x' } })).status).toBe(200);
  });
});

describe('an error of the way here', () => {
  it('has Anthropic’s shape on every route of its API', async () => {
    const { get, post, url } = await serveHere({ config: SOLO, strictModels: true });
    const seen = async (response: Response): Promise<unknown> => (await errorOf(response)).slice(0, 2);
    expect(await seen(await get('/v1/messages'))).toEqual([405, 'invalid_request_error']);
    expect((await get('/v1/messages')).headers.get('allow')).toBe('POST');
    expect(await seen(await get('/v1/messages/count_tokens'))).toEqual([405, 'invalid_request_error']);
    expect(await seen(await get('/v1/messages/batches'))).toEqual([404, 'not_found_error']);
    expect(await seen(await post('/v1/messages', messageBody({ model: 'nobody' })))).toEqual([404, 'not_found_error']);
    expect(await seen(await fetch(`${url}/v1/messages`, { method: 'POST', body: 'model=m', headers: { 'content-type': 'application/x-www-form-urlencoded' } }))).toEqual([415, 'invalid_request_error']);
    expect(await seen(await get('/v1/models/none', { headers: { 'anthropic-version': '2023-06-01' } }))).toEqual([404, 'not_found_error']);
    expect(await seen(await get('/v1/files', { headers: { 'anthropic-version': '2023-06-01' } }))).toEqual([404, 'not_found_error']);
    expect(await seen(await post('/v1/messages', messageBody(), { headers: { 'x-massgen-session': 'api_session_of_somebody' } }))).toEqual([404, 'not_found_error']);
    expect((await bodyOf(await get('/v1/models/none'))).error.code).toBe('model_not_found');
  });

  it('may be the size of the body', async () => {
    const { post } = await serveHere({ config: SOLO });
    const [status, type] = await errorOf(await post('/v1/messages', messageBody({ messages: [{ role: 'user', content: 'x'.repeat(21 * 1024 * 1024) }] })));
    expect([status, type]).toEqual([413, 'request_too_large']);
  });

  it('may be the key, sent either way', async () => {
    const server = await serveHere({ config: SOLO, apiKey: 'secret' });
    const { get } = server;
    expect((await errorOf(await askMessage(server))).slice(0, 2)).toEqual([401, 'authentication_error']);
    expect((await errorOf(await askMessage(server, {}, { headers: { 'x-api-key': 'wrong' } }))).slice(0, 2)).toEqual([401, 'authentication_error']);
    expect((await askMessage(server, {}, { headers: { 'x-api-key': 'secret' } })).status).toBe(200);
    expect((await askMessage(server, {}, { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
    expect((await errorOf(await get('/v1/models', { headers: { 'anthropic-version': '2023-06-01' } }))).slice(0, 2)).toEqual([401, 'authentication_error']);
  });

  it('may be too many requests, or no place', async () => {
    const limited = await serveHere({ config: SOLO, rateLimit: 1 });
    await askMessage(limited);
    const refused = await askMessage(limited);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await errorOf(refused)).slice(0, 2)).toEqual([429, 'rate_limit_error']);
    const hanging = { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ fault: 'silence' }] } } };
    const full = await serveHere({ config: hanging, concurrency: 1, queueLimit: 1, queueTimeoutSeconds: 4 });
    const leave = new AbortController();
    const first = askMessage(full, {}, { signal: leave.signal }).catch(() => undefined);
    await until(async () => (await bodyOf(await full.get('/health/ready'))).running === 1);
    const second = askMessage(full);
    await until(async () => (await bodyOf(await full.get('/health/ready'))).waiting === 1);
    expect((await errorOf(await askMessage(full))).slice(0, 2)).toEqual([429, 'rate_limit_error']);
    const timedOut = await second;
    expect(timedOut.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await errorOf(timedOut)).slice(0, 2)).toEqual([529, 'overloaded_error']);
    leave.abort();
    await first;
  });

  it('may be the time of the team, or a key that is missing', async () => {
    const silent = { type: 'scripted', loop: true, script: [{ fault: 'silence' }] };
    const slow = await serveHere({ config: { agents: ['one', 'two'].map((id) => ({ id, backend: silent })), timeout_settings: { orchestrator_timeout_seconds: 0.3 } } });
    expect((await errorOf(await askMessage(slow))).slice(0, 2)).toEqual([504, 'timeout_error']);
    const poor = await serveHere({ config: { agents: [{ id: 'one', backend: { type: 'openai', model: 'gpt-4o' } }] } });
    expect(await errorOf(await askMessage(poor))).toEqual([500, 'api_error', expect.stringContaining('OPENAI_API_KEY')]);
  });

  it('does not stay when a body breaks off', async () => {
    const { url, get } = await serveHere({ config: SOLO });
    const { port } = new URL(url);
    await new Promise<void>((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"model":');
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => {
        resolve();
      });
    });
    expect((await get('/health')).status).toBe(200);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a body that is out of proportion', () => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const around = (text: string): string => JSON.stringify(messageBody({ tools: [{ ...WEATHER, input_schema: 'HERE' }], metadata: 'HERE', messages: [QUESTION, { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: 'HERE' }] }, results('a')] })).replaceAll('"HERE"', text);

  it.each([[5000], [200_000]])('because it is nested %i times is refused', async (depth) => {
    const { post, get } = await serveHere({ config: SOLO });
    expect((await errorOf(await post('/v1/messages', around(nested(depth))))).slice(0, 2)).toEqual([400, 'invalid_request_error']);
    expect((await errorOf(await post('/v1/messages/count_tokens', around(nested(depth))))).slice(0, 2)).toEqual([400, 'invalid_request_error']);
    expect((await get('/health')).status).toBe(200);
  });

  it('because it is no text is refused', async () => {
    const { post } = await serveHere({ config: SOLO });
    const body = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from('"}')]);
    const [status, type, message] = await errorOf(await post('/v1/messages', {}, { body }));
    expect([status, type, message]).toEqual([400, 'invalid_request_error', 'the body is not valid UTF-8']);
  });

  it('because it has 10,000 messages is answered', async () => {
    const server = await serveHere({ config: SOLO });
    const messages = Array.from({ length: 10_001 }, (_each, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: `message ${String(index)}` }));
    expect((await bodyOf(await askMessage(server, { messages }))).content[0].text).toBe('<message 10000>');
  });
});
