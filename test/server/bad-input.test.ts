import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp } from '../support/massgen-process.js';
import { bodyOf, serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

/** What each dialect calls the same things. */
interface Dialect {
  readonly path: string;
  /** A body with one question, of a user. */
  readonly ask: (text: string) => object;
  /** A conversation of this many messages, a question last. */
  readonly many: (count: number) => object;
  /** The result of a tool that nobody called. */
  readonly strayResult: object;
  readonly strayParam: string;
  /** An image whose bytes are a text. */
  readonly falseImage: object;
  readonly imageParam: string;
}

const TEXT = Buffer.from('no image at all').toString('base64');
const turns = (count: number): readonly { readonly role: string; readonly content: string }[] => Array.from({ length: count }, (_nothing, index) => ({ role: index % 2 === 1 - (count % 2) ? 'user' : 'assistant', content: `Message ${String(index)}` }));
const user = (content: unknown): object => ({ role: 'user', content });
const question = user('Hello!');

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'Chat Completions': {
    path: '/v1/chat/completions',
    ask: (text) => ({ messages: [user(text)] }),
    many: (count) => ({ messages: turns(count) }),
    strayResult: { messages: [question, { role: 'tool', tool_call_id: 'c9', content: 'x' }] },
    strayParam: 'messages[1].tool_call_id',
    falseImage: { messages: [user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${TEXT}` } }])] },
    imageParam: 'messages[0].content[0].image_url',
  },
  'Responses': {
    path: '/v1/responses',
    ask: (text) => ({ input: text }),
    many: (count) => ({ input: turns(count) }),
    strayResult: { input: [question, { type: 'function_call_output', call_id: 'c9', output: 'x' }] },
    strayParam: 'input[1].call_id',
    falseImage: { input: [user([{ type: 'input_image', image_url: `data:image/png;base64,${TEXT}` }])] },
    imageParam: 'input[0].content[0].image_url',
  },
  'Messages': {
    path: '/v1/messages',
    ask: (text) => ({ model: 'massgen', max_tokens: 100, messages: [user(text)] }),
    many: (count) => ({ model: 'massgen', max_tokens: 100, messages: turns(count) }),
    strayResult: { model: 'massgen', max_tokens: 100, messages: [question, user([{ type: 'tool_result', tool_use_id: 'c9', content: 'x' }])] },
    strayParam: 'messages[1].content[0].tool_use_id',
    falseImage: { model: 'massgen', max_tokens: 100, messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: TEXT } }])] },
    imageParam: 'messages[0].content[0].source',
  },
};

const LIMIT = 20 * 1024 * 1024;
const SOLO = { agents: [{ id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: 'Fine.' }] } }] };

/** Status, type and code, or what stands for it, of an error in its dialect's shape. */
async function errorOf(response: Response): Promise<{ readonly status: number; readonly type: string; readonly code: string | null; readonly param: string | null; readonly message: string }> {
  const body = (await bodyOf(response)) as { readonly type?: string; readonly error: { readonly type: string; readonly message: string; readonly param?: string | null; readonly code?: string } };
  if (body.type === 'error') expect(body).toEqual({ type: 'error', error: { type: expect.any(String), message: expect.any(String) }, request_id: expect.any(String) });
  else expect(body).toEqual({ error: { message: expect.any(String), type: expect.any(String), param: body.error.param ?? null, code: expect.any(String) } });
  const { type, message, param = null, code = null } = body.error;
  return { status: response.status, type, code, param, message };
}

describe.each(Object.entries(DIALECTS))('bad input of %s', (name, dialect) => {
  const codeIs = (code: string): string | null => (name === 'Messages' ? null : code);
  const sizeError = name === 'Messages' ? 'request_too_large' : 'invalid_request_error';

  it('may be JSON that breaks off', async () => {
    const { post } = await serveHere({ config: SOLO });
    const whole = JSON.stringify(dialect.ask('Hello!'));
    for (const length of [1, 12, whole.length - 1]) {
      expect(await errorOf(await post(dialect.path, whole.slice(0, length)))).toMatchObject({ status: 400, type: 'invalid_request_error', code: codeIs('invalid_json'), param: null });
    }
    expect(await errorOf(await post(dialect.path, ''))).toMatchObject({ status: 400, type: 'invalid_request_error' });
  });

  it('may be of another content type', async () => {
    const { post } = await serveHere({ config: SOLO });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml']) {
      expect(await errorOf(await post(dialect.path, dialect.ask('Hello!'), { headers: { 'content-type': type } }))).toMatchObject({ status: 415, type: 'invalid_request_error', code: codeIs('unsupported_media_type') });
    }
  });

  it('may be another method, and hears which one it takes', async () => {
    const { get } = await serveHere({ config: SOLO });
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const response = await get(dialect.path, { method });
      expect(response.headers.get('allow')).toBe('POST');
      expect(await errorOf(response)).toMatchObject({ status: 405, type: 'invalid_request_error', code: codeIs('method_not_allowed') });
    }
  });

  it('may be one byte too large, where one less is fine', async () => {
    const { post } = await serveHere({ config: SOLO });
    const empty = JSON.stringify(dialect.ask('')).length;
    const sized = (bytes: number): string => JSON.stringify(dialect.ask('x'.repeat(bytes - empty)));
    expect((await post(dialect.path, sized(LIMIT))).status).toBe(200);
    expect(await errorOf(await post(dialect.path, sized(LIMIT + 1)))).toMatchObject({ status: 413, type: sizeError, code: codeIs('payload_too_large') });
    expect((await post(dialect.path, dialect.ask('Hello!'))).status).toBe(200);
  });

  it('may be no UTF-8', async () => {
    const { url } = await serveHere({ config: SOLO });
    const [before, after] = JSON.stringify(dialect.ask('§')).split('§');
    for (const bytes of [[0xff, 0xfe], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x9f]]) {
      const body = Buffer.concat([Buffer.from(before!), Buffer.from(bytes), Buffer.from(after!)]);
      expect(await errorOf(await fetch(`${url}${dialect.path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } }))).toMatchObject({ status: 400, type: 'invalid_request_error' });
    }
  });

  it('is not ten thousand messages', async () => {
    const { post } = await serveHere({ config: SOLO });
    expect((await post(dialect.path, dialect.many(10_001))).status).toBe(200);
  });

  it('may be nested without end, anywhere', async () => {
    const { post } = await serveHere({ config: SOLO });
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const objects = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const inside = JSON.stringify({ ...dialect.ask('Hello!'), metadata: { deep: 'HERE' } });
    for (const body of [deep, objects, inside.replace('"HERE"', deep), inside.replace('"HERE"', objects), '['.repeat(1_000_000)]) {
      expect(await errorOf(await post(dialect.path, body))).toMatchObject({ status: 400, type: 'invalid_request_error' });
    }
    expect((await post(dialect.path, dialect.ask('Hello!'))).status).toBe(200);
  });

  it('may name what prototypes have, which is then only a name', async () => {
    const { post } = await serveHere({ config: SOLO });
    const asked = JSON.stringify(dialect.ask('Hello!')).slice(0, -1);
    for (const more of ['"__proto__":{"stream":true,"polluted":1}', '"constructor":{"prototype":{"polluted":1}}', '"toString":"x"', '"hasOwnProperty":1', '"metadata":{"__proto__":"x","constructor":"y"}']) {
      const response = await post(dialect.path, `${asked},${more}}`);
      expect([more, response.status, response.headers.get('content-type')]).toEqual([more, 200, 'application/json; charset=utf-8']);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    // Not even where a field that is needed could come from there.
    expect((await post(dialect.path, `{"__proto__":${JSON.stringify(dialect.ask('Hello!'))}}`)).status).toBe(400);
  });

  it('may be the result of a tool that nobody called', async () => {
    const { post } = await serveHere({ config: SOLO });
    const error = await errorOf(await post(dialect.path, dialect.strayResult));
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: name === 'Messages' ? null : dialect.strayParam });
    expect(error.message).toMatch(name === 'Messages' ? dialect.strayParam : /tool call/u);
  });

  it('may be an image that is none', async () => {
    const { post } = await serveHere({ config: SOLO });
    const error = await errorOf(await post(dialect.path, dialect.falseImage));
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', code: codeIs('invalid_image'), param: name === 'Messages' ? null : dialect.imageParam });
    expect(error.message).toContain('is no image/png image');
  });
});
