import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { AGREED, looped } from '../support/scripts.js';
import { bodyOf, framesOf, joined, serveHere, stopServers, type TestServer } from '../support/server.js';
import { agentAt, startVendor } from '../support/vendor.js';

// What well-known front ends send, in the order in which they send it.

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const serving = async (more: object = {}): Promise<TestServer & { readonly heard: readonly object[] }> => {
  const vendor = await startVendor((body) => (JSON.stringify(body.messages).includes('3-5 word title') ? { text: '{"title":"Greeting"}' } : { text: 'Hello there.', pieces: 3 }));
  return { ...(await serveHere({ config: { agents: [agentAt('coder', vendor.url)] }, ...more })), heard: vendor.heard };
};

describe('Open WebUI', () => {
  const headers = { authorization: 'Bearer dummy', 'x-openwebui-user-name': 'Ann', 'x-openwebui-user-id': '8f2a', 'x-openwebui-user-email': 'ann@example.com', 'x-openwebui-user-role': 'admin', 'user-agent': 'Python/3.11 aiohttp/3.11.11', accept: '*/*' };

  it('verifies the connection, lists models, chats, and asks for a title, tags and what to ask next', async () => {
    const server = await serving();
    // The check of a connection says of a request without a body that it is JSON.
    const verified = await server.get('/v1/models', { headers: { 'content-type': 'application/json', authorization: 'Bearer dummy' } });
    expect(verified.status).toBe(200);
    const list = await bodyOf(await server.get('/v1/models', { headers }));
    expect(list.data).toEqual([
      { id: 'massgen', object: 'model', created: expect.any(Number), owned_by: 'massgen' },
      { id: 'coder', object: 'model', created: expect.any(Number), owned_by: 'massgen' },
    ]);
    const chat = await server.chat({ stream: true, model: 'coder', messages: [{ role: 'user', content: 'Hi' }], stream_options: { include_usage: true }, user: { name: 'Ann', id: '8f2a', email: 'ann@example.com', role: 'admin' } }, { headers });
    expect(chat.status).toBe(200);
    expect(joined(framesOf(await chat.text()))).toMatchObject({ content: 'Hello there.', finish: 'stop', done: true });
    const title = await server.chat({ model: 'coder', messages: [{ role: 'user', content: '### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Output:\nJSON format: { "title": "your concise title here" }' }], stream: false, max_completion_tokens: 1000, metadata: { task: 'title_generation', chat_id: 'c1' } }, { headers });
    expect((await bodyOf(title)).choices[0].message.content).toBe('{"title":"Greeting"}');
    // All at once, each one question without a stream.
    const task = (content: string): Promise<Response> => server.chat({ model: 'coder', messages: [{ role: 'user', content }], stream: false }, { headers: { ...headers, 'x-openwebui-chat-id': 'c1' } });
    const tasks = await Promise.all(['Suggest 3-5 relevant follow-up questions.\nJSON format: { "follow_ups": ["Question 1?"] }', 'Create a 3-5 word title.', 'Generate 1-3 broad tags.\nJSON format: { "tags": ["tag1"] }'].map(task));
    expect(tasks.map(({ status }) => status)).toEqual([200, 200, 200]);
    // The next question, with the answer before and a picture and a file that was attached.
    const next = await server.chat({ stream: true, model: 'coder', messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello there.' }, { role: 'user', content: [{ type: 'text', text: 'And this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }, { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } }] }] }, { headers });
    expect(joined(framesOf(await next.text()))).toMatchObject({ content: 'Hello there.', finish: 'stop', done: true });
  });

  it('calls from the browser with a direct connection', async () => {
    const server = await serving({ cors: ['http://localhost:3000'] });
    const origin = 'http://localhost:3000';
    const preflight = await server.get('/v1/chat/completions', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-methods')]).toEqual([204, origin, 'GET,POST,DELETE']);
    expect(await preflight.text()).toBe('');
    const models = await server.get('/v1/models', { headers: { origin, authorization: 'Bearer dummy' } });
    expect(models.headers.get('access-control-allow-origin')).toBe(origin);
    const chat = await server.chat({ model: 'coder', stream: true }, { headers: { origin, authorization: 'Bearer dummy' } });
    expect(chat.headers.get('access-control-allow-origin')).toBe(origin);
    expect(joined(framesOf(await chat.text())).content).toBe('Hello there.');
  });

  it('shows how a team came to its answer as thinking, before the answer', async () => {
    const { chat } = await serveHere({ config: looped(AGREED) });
    const frames = framesOf(await (await chat({ stream: true, model: 'massgen' }, { headers })).text());
    expect(joined(frames).reasoning).toContain('2 agents are answering');
  });
});

describe('Cursor', () => {
  const headers = { authorization: 'Bearer dummy', 'user-agent': 'connect-es/1.6.1', accept: 'application/json', 'x-stainless-lang': 'js', 'x-stainless-retry-count': '0' };
  const tool = { type: 'function', function: { name: 'read_file', description: 'Read a file', parameters: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { target_file: { type: 'string' } }, required: ['target_file'], additionalProperties: false } } };

  it('verifies the key, then streams with tools', async () => {
    const server = await serving();
    const check = await server.chat({ model: 'coder', messages: [{ role: 'user', content: 'Test prompt using gpt-3.5-turbo' }], max_tokens: 1, temperature: 0 }, { headers });
    expect(check.status).toBe(200);
    const chat = await server.chat(
      {
        model: 'openfang:coder',
        messages: [
          { role: 'system', content: 'You are an AI coding assistant.' },
          { role: 'user', content: [{ type: 'text', text: '<additional_data>…</additional_data>' }, { type: 'text', text: '<user_query>Say hello</user_query>' }] },
        ],
        stream: true,
        stream_options: { include_usage: true },
        temperature: 0,
        tools: [tool],
        tool_choice: 'auto',
        user: 'google-oauth2|1',
      },
      { headers },
    );
    const frames = framesOf(await chat.text());
    expect(joined(frames)).toMatchObject({ content: 'Hello there.', finish: 'stop', done: true });
    expect(frames.at(-2)!.data).toMatchObject({ choices: [], usage: { total_tokens: 12 } });
    expect(server.heard.at(-1)).toMatchObject({ tools: [tool], tool_choice: 'auto' });
  });
});
