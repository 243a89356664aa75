import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { AGREED, ECHO, looped } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const SOLO = looped(ECHO);
const bearer = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });

async function errorOf(response: Response): Promise<readonly [number, string | null, string | null]> {
  const { error } = (await bodyOf(response)) as { error: { message: string; type: string; param: string | null; code: string | null } };
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  return [response.status, error.code, error.param];
}

describe('the plain routes', () => {
  it('say how the server is', async () => {
    const { get } = await serveHere({ config: SOLO, apiKey: 'secret' });
    expect(await bodyOf(await get('/health'))).toEqual({ status: 'ok', service: 'massgen', version: expect.any(String) });
    expect(await bodyOf(await get('/health/ready'))).toEqual({ status: 'ready', running: 0, waiting: 0 });
  });

  it('tell Prometheus, with the key only', async () => {
    const { get, chat } = await serveHere({ config: SOLO, apiKey: 'secret' });
    await chat({}, bearer('secret'));
    expect((await get('/metrics')).status).toBe(401);
    const text = await (await get('/metrics', bearer('secret'))).text();
    expect(text).toContain('massgen_http_request_duration_seconds_count{method="POST",route="/v1/chat/completions",status="200"} 1');
    expect(text).toContain('massgen_session_duration_seconds_count{kind="team",status="completed"} 1');
    expect(text).toMatch(/massgen_sessions_running\{listener="127\.0\.0\.1:\d+"\} 0/);
  });

  it('carry headers that browsers understand, and no word of what runs it', async () => {
    const { get } = await serveHere({ config: SOLO });
    const { headers } = await get('/health');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/', 404, 'not_found'],
    ['GET', '/v1/embeddings', 404, 'not_found'],
    ['POST', '/v1/fine_tuning/jobs', 404, 'not_found'],
    ['GET', '/v1/chat/completions', 405, 'method_not_allowed'],
    ['POST', '/v1/models', 405, 'method_not_allowed'],
    ['POST', '/health', 405, 'method_not_allowed'],
    ['GET', '/v1/models/%E0%A4%A', 400, 'invalid_request'],
    ['GET', '/../../etc/passwd', 404, 'not_found'],
  ])('%s %s is a %i in the usual shape', async (method, where, status, code) => {
    const { get } = await serveHere({ config: SOLO });
    expect(await errorOf(await get(where, { method }))).toEqual([status, code, null]);
  });

  it('is a model of nobody', async () => {
    const { chat, get } = await serveHere({ config: SOLO, strictModels: true });
    expect(await bodyOf(await chat({ model: 'gpt-4o' }))).toEqual({ error: { message: "No agent found for model 'gpt-4o'", type: 'invalid_request_error', param: 'model', code: 'model_not_found' } });
    expect(await errorOf(await get('/v1/models/gpt-4o'))).toEqual([404, 'model_not_found', 'model']);
    const empty = await serveHere();
    expect(await errorOf(await empty.chat({ model: 'gpt-4o' }))).toEqual([404, 'model_not_found', 'model']);
  });
});

describe('a key', () => {
  it('opens every route of /v1, as a bearer token or in x-api-key', async () => {
    const { chat, get } = await serveHere({ config: SOLO, apiKey: ['one-key', 'other-key'] });
    for (const key of ['one-key', 'other-key']) {
      expect((await chat({}, bearer(key))).status).toBe(200);
      expect((await chat({}, { headers: { 'x-api-key': key } })).status).toBe(200);
      expect((await get('/v1/models', bearer(key))).status).toBe(200);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['an empty one beside', { 'x-api-key': '' }],
    ['a part of it', { authorization: 'Bearer one-ke' }],
    ['another scheme', { authorization: 'Basic one-key' }],
  ])('is needed where one is set: %s is a 401', async (_name, headers) => {
    const { chat, get } = await serveHere({ config: SOLO, apiKey: 'one-key' });
    const response = await chat({}, { headers });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await errorOf(response)).toEqual([401, 'invalid_api_key', null]);
    expect((await get('/v1/models', { headers })).status).toBe(401);
    expect((await get('/v1/nothing', { headers })).status).toBe(401);
  });

  it('is asked for before a body is read', async () => {
    const { post } = await serveHere({ config: SOLO, apiKey: 'one-key' });
    expect((await post('/v1/chat/completions', 'no json')).status).toBe(401);
  });

  it('of any kind is taken where none is set', async () => {
    const { chat } = await serveHere({ config: SOLO });
    expect((await chat({}, bearer('not-needed'))).status).toBe(200);
  });

  it('may be several words, sent either way, which are no keys by themselves', async () => {
    const { get } = await serveHere({ config: SOLO, env: { MASSGEN_SERVER_API_KEY: 'open sesame, two' } });
    const opens = async (headers: Record<string, string>): Promise<number> => (await get('/v1/models', { headers })).status;
    expect([await opens({ authorization: 'Bearer open sesame' }), await opens({ 'x-api-key': 'open sesame' }), await opens({ authorization: 'bearer  two ' })]).toEqual([200, 200, 200]);
    expect([await opens({ authorization: 'Bearer open' }), await opens({ 'x-api-key': 'sesame' })]).toEqual([401, 401]);
  });

  it('comes from a flag, else the environment, else the configuration', async () => {
    const config = { ...SOLO, serve: { api_key: 'configured' } };
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'keys'), '# ours\nfrom-file\n\n second \n');
    const opens = async (key: string, more: object): Promise<number> => (await (await serveHere({ config, ...more })).get('/v1/models', bearer(key))).status;
    expect(await opens('configured', {})).toBe(200);
    expect(await opens('b', { env: { MASSGEN_SERVER_API_KEY: 'a, b' } })).toBe(200);
    expect(await opens('configured', { env: { MASSGEN_SERVER_API_KEY: 'a' } })).toBe(401);
    expect(await opens('second', { apiKeyFile: path.join(folder, 'keys'), env: { MASSGEN_SERVER_API_KEY: 'a' } })).toBe(200);
    await expect(serveHere({ config, env: { MASSGEN_SERVER_API_KEY: ' ' } })).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(serveHere({ config, apiKey: '' })).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(serveHere({ config, apiKeyFile: path.join(folder, 'none') })).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

describe('a body', () => {
  let server: TestServer;
  const messages = [{ role: 'user', content: 'Hi' }];

  it.each<[string, unknown, string, string | null]>([
    ['not JSON', '{"messages": [', 'invalid_json', null],
    ['empty', '', 'invalid_request', 'messages'],
    ['a list', [], 'invalid_request', null],
    ['a text', '"hello"', 'invalid_request', null],
    ['without messages', {}, 'invalid_request', 'messages'],
    ['with no messages', { messages: [] }, 'invalid_request', 'messages'],
    ['with a message without a role', { messages: [{ content: 'x' }] }, 'invalid_request', 'messages[0].role'],
    ['with a role of its own', { messages: [{ role: 'boss', content: 'x' }] }, 'invalid_request', 'messages[0].role'],
    ['with a number for content', { messages: [{ role: 'user', content: 5 }] }, 'invalid_request', 'messages[0].content'],
    ['without a user', { messages: [{ role: 'system', content: 'x' }] }, 'missing_message', 'messages'],
    ['with an empty question', { messages: [{ role: 'user', content: '  ' }] }, 'missing_message', 'messages'],
    ['with a model that is a number', { model: 5, messages }, 'invalid_request', 'model'],
    ['that is too hot', { temperature: 3, messages }, 'invalid_request', 'temperature'],
    ['that wants nothing', { max_tokens: 0, messages }, 'invalid_request', 'max_tokens'],
    ['that wants two answers', { n: 2, messages }, 'unsupported_value', 'n'],
    ['with a tool of ours', { tools: [{ type: 'function', function: { name: 'vote' } }], messages }, 'tool_name_reserved', 'tools'],
    ['with a tool twice', { tools: [{ type: 'function', function: { name: 'a' } }, { type: 'function', function: { name: 'a' } }], messages }, 'invalid_request', 'tools'],
    ['with a tool that cannot be called', { tools: [{ type: 'function', function: { name: 'two words' } }], messages }, 'invalid_request', 'tools[0].function.name'],
    ['that chooses a tool it lacks', { tools: [{ type: 'function', function: { name: 'a' } }], tool_choice: { type: 'function', function: { name: 'b' } }, messages }, 'invalid_request', 'tool_choice'],
    ['with a result of no call', { messages: [...messages, { role: 'tool', tool_call_id: 'x', content: '1' }] }, 'invalid_request', 'messages[1].tool_call_id'],
    ['with a format without a schema', { response_format: { type: 'json_schema' }, messages }, 'invalid_request', 'response_format.json_schema'],
    ['with a schema that is none', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'nonsense' } } }, messages }, 'invalid_schema', 'response_format.json_schema.schema'],
  ])('%s is a 400 that names the field', async (_name, body, code, param) => {
    server = await serveHere({ config: SOLO });
    expect(await errorOf(await server.post('/v1/chat/completions', body))).toEqual([400, code, param]);
  });

  it('may hold what nobody knows, and nothing where something is left out', async () => {
    server = await serveHere({ config: SOLO });
    const nothing = { model: null, stream: null, temperature: null, tools: null, tool_choice: null, stop: null, metadata: null, response_format: null };
    expect((await server.chat(nothing)).status).toBe(200);
    expect((await server.chat({ logprobs: false, top_logprobs: 3, logit_bias: { 50256: -100 }, seed: 1, service_tier: 'auto', store: false, colour: 'green' })).status).toBe(200);
    expect((await server.chat({ messages: [{ role: 'developer', content: 'Be brief.' }, { role: 'user', name: 'Ann', content: [{ type: 'text', text: 'Hi' }] }, { role: 'assistant', content: 'Yes?', tool_calls: null, refusal: null }, { role: 'user', content: 'Well' }] })).status).toBe(200);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text, as a foreign page may send', 'text/plain'],
    ['nothing said', ''],
  ])('of %s is a 415', async (_name, type) => {
    server = await serveHere({ config: SOLO });
    expect(await errorOf(await server.post('/v1/chat/completions', { messages }, { headers: { 'content-type': type } }))).toEqual([415, 'unsupported_media_type', null]);
  });

  it('in JSON with a charset is fine, in another charset is not', async () => {
    server = await serveHere({ config: SOLO });
    expect((await server.chat({}, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } })).status).toBe(200);
    expect((await server.chat({}, { headers: { 'content-type': 'application/json; charset=klingon' } })).status).toBe(415);
  });

  it('of more than 20 MB is a 413 that arrives, and the server goes on', async () => {
    server = await serveHere({ config: SOLO });
    const response = await server.chat({ messages: [{ role: 'user', content: 'x'.repeat(21 * 1024 * 1024) }] });
    expect(await errorOf(response)).toEqual([413, 'payload_too_large', null]);
    expect((await server.chat()).status).toBe(200);
  });
});

describe('a request', () => {
  it('keeps a harmless id of its own, and gets one otherwise', async () => {
    const { chat } = await serveHere({ config: SOLO });
    const own = await chat({}, { headers: { 'x-request-id': 'abc-123' } });
    expect([own.headers.get('x-request-id'), (await bodyOf(own)).id]).toEqual(['abc-123', 'chatcmpl-req_abc-123']);
    for (const bad of ['two words', 'a"b', 'x'.repeat(200)]) expect((await chat({}, { headers: { 'x-request-id': bad } })).headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  });

  it('that is broken gets an answer, and the connection ends', async () => {
    const { url } = await serveHere({ config: SOLO });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const said = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (bytes) => (text += bytes.toString()));
      socket.on('close', () => {
        resolve(text);
      });
      socket.write('NONSENSE\r\n\r\n');
    });
    expect(said).toMatch(/^HTTP\/1\.1 400/);
  });

  it('too many of them are refused, in the documented shape', async () => {
    const { chat } = await serveHere({ config: SOLO, rateLimit: 2 });
    const first = await chat();
    expect([first.status, first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual([200, '2', '1']);
    await chat();
    const response = await chat();
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await bodyOf(response)).toEqual({ error: { message: 'Rate limit exceeded', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } });
  });

  it('from a web page is let in where that is asked for', async () => {
    const preflight = { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } };
    const closed = await serveHere({ config: SOLO });
    expect((await closed.get('/v1/chat/completions', preflight)).headers.get('access-control-allow-origin')).toBeNull();
    const open = await serveHere({ config: SOLO, cors: true, apiKey: 'k' });
    const answer = await open.get('/v1/chat/completions', preflight);
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-headers'), answer.headers.get('access-control-allow-credentials')]).toEqual([204, '*', 'authorization,content-type', null]);
    const some = await serveHere({ config: SOLO, cors: ['https://app.example'] });
    expect((await some.get('/v1/models', { headers: { origin: 'https://app.example' } })).headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect((await some.get('/v1/models', { headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('an error', () => {
  it('says nothing of where things lie on this machine', async () => {
    const { chat, cwd, get } = await serveHere({ config: looped(AGREED) });
    const texts = await Promise.all([chat({ model: `massgen/path:${cwd}/none.yaml` }), chat({ model: 'massgen/nothing' }), get(`/v1/models/${encodeURIComponent('/etc/passwd')}`)].map(async (response) => (await response).text()));
    expect(texts.filter((text) => /\bat \w+.*\.ts|node_modules/.test(text))).toEqual([]);
  });

  it('names the path that was asked for', async () => {
    const { get } = await serveHere();
    const messages = await Promise.all(['/v1/chat/completions', '/v1/no/such'].map(async (path) => (await bodyOf(await get(path))).error.message as string));
    expect(messages).toEqual(['/v1/chat/completions takes POST, not GET', 'there is nothing at GET /v1/no/such']);
  });
});
