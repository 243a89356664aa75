import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServeOptions } from '../../src/compose/serve/open-server.js';
import { closeServers } from '../support/backend-servers.js';
import { BINARY, cleanUp, startMassgen, temporaryFolder } from '../support/massgen-process.js';
import { PYTHON, pythonReason } from '../support/python.js';
import { framesOf, serveHere, stopServers, type TestServer } from '../support/server.js';
import { agentAt, agreeing, startVendor, type HeardBody, type Said, type Vendor } from '../support/vendor.js';

// The examples of four servers' documentation, each as it stands there but for brand, host, port and key.

const run = promisify(execFile);
const FIXTURES = fileURLToPath(new URL('../fixtures/documented/', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const fixture = (name: string): string => readFileSync(path.join(FIXTURES, name), 'utf8');
const json = (name: string): unknown => JSON.parse(fixture(name));

/** The kinds of values in a documented JSON, to be found in the real one. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? expect.any(Array) : expect.arrayContaining([shape(value[0])]);
  if (value === null) return null;
  if (typeof value === 'object') return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([key, child]) => [key, key === 'vote_counts' || key === 'agent_mapping' ? expect.any(Object) : shape(child)])));
  return expect.any({ string: String, number: Number, boolean: Boolean }[typeof value as 'string'] as never);
}

const here = (text: string, server: TestServer): string => text.replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/gu, server.url);

async function shell(name: string, server: TestServer): Promise<string> {
  const { stdout } = await run('bash', ['-c', here(fixture(name), server).replaceAll('curl ', 'curl -s ')]);
  return stdout;
}

async function javascript(name: string, server: TestServer): Promise<string> {
  const folder = temporaryFolder();
  symlinkSync(MODULES, path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'client.mjs'), here(fixture(name), server));
  return (await run(process.execPath, ['client.mjs'], { cwd: folder })).stdout;
}

async function python(name: string, server: TestServer): Promise<string> {
  const { stdout } = await run(PYTHON, ['-c', here(fixture(name), server)], { env: { ...process.env, OPENAI_API_KEY: 'unused' } });
  return stdout;
}

const byPython = pythonReason === undefined ? it : it.skip;
const HELLO = 'Hello! How can I help you today?';
let vendor: Vendor;
let answer: (body: HeardBody) => Said;

beforeEach(async () => {
  answer = () => ({ text: HELLO, pieces: 4 });
  vendor = await startVendor((body) => answer(body));
});
afterEach(async () => {
  await stopServers();
  await closeServers();
});
afterAll(cleanUp);

/** Agents of these names, and a server with the key of the examples. */
const serving = (names: readonly string[], more: ServeOptions = {}): Promise<TestServer> => serveHere({ config: { agents: names.map((name) => agentAt(name, vendor.url)) }, ...more });

describe('the server of teams, as documented', () => {
  beforeEach(() => {
    answer = agreeing();
  });

  /** Everything for the vendors goes to one stand-in. */
  const files = (): ServeOptions => {
    const cwd = temporaryFolder();
    writeFileSync(path.join(cwd, 'config.yaml'), fixture('http-server/config.yaml').replaceAll(/type: (?:openai|gemini)/gu, `type: chatcompletion\n      base_url: ${vendor.url}\n      api_key: k`));
    return { cwd, config: 'config.yaml' };
  };

  it('answers as the example answers', async () => {
    const server = await serveHere(files());
    expect(JSON.parse(await shell('http-server/chat.sh', server))).toEqual(shape(json('http-server/response.json')));
  });

  byPython(`is asked from Python${pythonReason ?? ''}`, async () => {
    expect(await python('http-server/client.py', await serveHere(files()))).toBe('An answer.\n');
  });
});

describe('the server of agents, as documented', () => {
  const KEY = { apiKey: 'your-secret-key' };

  it('lists, answers and streams', async () => {
    const server = await serving(['assistant', 'coder'], KEY);
    const said = await shell('agents-api/curl.sh', server);
    const [list, reply] = said.split(/(?<=\})(?=\{)/u).map((part) => part.split('data: ')[0]!);
    expect(JSON.parse(list!)).toEqual(shape(json('agents-api/models.json')));
    expect((JSON.parse(list!) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['massgen', 'assistant', 'coder']);
    expect(JSON.parse(reply!)).toEqual(shape(json('agents-api/response.json')));
    const contents = framesOf(said.slice(said.indexOf('data: '))).flatMap(({ data }) => (data === '[DONE]' ? [] : (data.choices[0].delta.content ?? [])) as string[]);
    expect(contents.join('')).toBe(HELLO);
    expect(said.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('takes the key and the documented bodies', async () => {
    const server = await serving(['assistant'], KEY);
    expect(JSON.parse(await shell('agents-api/auth.sh', server))).toMatchObject({ model: 'assistant', choices: [{ message: { content: HELLO } }] });
    expect((await server.post('/v1/chat/completions', json('agents-api/request.json'))).status).toBe(401);
    expect((await server.post('/v1/chat/completions', json('agents-api/request.json'), { headers: { authorization: 'Bearer your-secret-key' } })).status).toBe(200);
  });

  byPython(`is asked from Python and LangChain${pythonReason ?? ''}`, async () => {
    const server = await serving(['assistant', 'my-agent'], KEY);
    expect(await python('agents-api/client.py', server)).toBe(`${HELLO}\n`);
    expect(await python('agents-api/client-stream.py', server)).toBe(HELLO);
    await python('agents-api/langchain.py', server);
    await python('agents-api/replacement.py', server);
    expect(vendor.heard.map(({ messages }) => messages[0]!.content)).toEqual(['Hello!', 'Tell me a story', 'What is the meaning of life?', 'Hello']);
  });

  it.each([
    ['config.yml', ['massgen', 'gpt-4-custom', 'claude-coder']],
    ['local.yml', ['massgen', 'dev-assistant']],
    ['gateway.yml', ['massgen', 'fast', 'smart', 'local']],
  ])('starts with its %s, unchanged and without keys', async (name, models) => {
    const cwd = temporaryFolder();
    writeFileSync(path.join(cwd, 'config.yml'), fixture(`agents-api/${name}`));
    const { get } = await serveHere({ cwd, config: 'config.yml' });
    const { data } = (await (await get('/v1/models')).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(models);
  });

  it('has pages of documentation', async () => {
    const { get } = await serving(['assistant']);
    for (const [where, says] of [['/docs', 'swagger-ui'], ['/redoc', 'redoc']] as const) expect(await (await get(where)).text()).toContain(says);
    expect(await (await get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0', paths: { '/v1/chat/completions': {} } });
    const closed = await serving(['assistant'], { docs: false });
    for (const where of ['/docs', '/redoc', '/openapi.json']) expect((await closed.get(where)).status).toBe(404);
  });
});

describe('the API of spawned agents, as documented', () => {
  const spawned = async (more: ServeOptions = {}): Promise<TestServer> => {
    const cwd = temporaryFolder();
    mkdirSync(path.join(cwd, '.massgen/agents'), { recursive: true });
    for (const name of ['coder', 'assistant', 'analyst']) writeFileSync(path.join(cwd, `.massgen/agents/${name}.yaml`), JSON.stringify({ agent: agentAt(name, vendor.url) }));
    return serveHere({ cwd, ...more });
  };

  it('answers as the example answers', async () => {
    const server = await spawned();
    const reply = JSON.parse(await shell('openai-api/chat.sh', server)) as { id: string };
    expect(reply).toEqual(shape(json('openai-api/response.json')));
    expect(reply).toMatchObject({ id: expect.stringMatching(/^chatcmpl-[0-9a-f-]{36}$/), model: 'coder' });
    expect(vendor.heard[0]).toMatchObject({ temperature: 0.7, max_tokens: 1024, messages: [{ role: 'system', content: 'You are a helpful assistant.' }, { role: 'user', content: 'Hello!' }] });
  });

  it('streams chunk by chunk as the example does', async () => {
    answer = () => ({ text: 'Hello!', pieces: 2, paceMs: 30 });
    const server = await spawned();
    const real = framesOf(await (await server.chat({ model: 'openfang:coder', stream: true })).text());
    const documented = framesOf(fixture('openai-api/stream.txt'));
    const part = ({ data }: { readonly data: any }): unknown => (data === '[DONE]' ? data : { object: data.object, model: data.model, choices: data.choices.map((choice: any) => ({ ...choice, delta: { ...choice.delta, ...(choice.delta.content === undefined ? {} : { content: 'x' }) } })) }); // eslint-disable-line
    expect(real.map(part)).toEqual(documented.map(part));
  });

  it('lists its agents, and the image example reaches the model', async () => {
    const server = await spawned();
    expect(JSON.parse(await shell('openai-api/models.sh', server))).toMatchObject({ object: 'list', data: expect.arrayContaining([expect.objectContaining({ id: 'openfang:coder', object: 'model', owned_by: 'openfang' }), expect.objectContaining({ id: 'openfang:assistant' })]) });
    expect(JSON.parse(await shell('openai-api/image.sh', server))).toMatchObject({ model: 'analyst', choices: [{ message: { content: HELLO } }] });
    expect(JSON.stringify(vendor.heard[0]!.messages)).toContain('data:image/png;base64,iVBORw0KGgo');
  });

  it('names errors as the examples do', async () => {
    const nobody = await serveHere();
    expect(await (await nobody.chat({ model: 'gpt-4o' })).json()).toEqual({ error: { ...(json('openai-api/not-found.json') as { error: object }).error, type: 'invalid_request_error', param: 'model', code: 'model_not_found' } });
    const limited = await spawned({ rateLimit: 1 });
    await limited.chat({ model: 'coder' });
    const { error } = (await (await limited.chat({ model: 'coder' })).json()) as { error: object };
    expect(error).toEqual({ ...(json('openai-api/rate-limit.json') as { error: object }).error, param: null });
  });

  it('answers with tool calls as the example does', async () => {
    answer = () => ({ calls: [{ name: 'web_search', arguments: { query: 'quantum computing' } }] });
    const { chat } = await spawned();
    const tools = [{ type: 'function', function: { name: 'web_search' } }];
    const { choices } = (await (await chat({ model: 'coder', tools })).json()) as { choices: { message: { tool_calls: { id: string }[] } }[] };
    expect(choices).toEqual([{ index: 0, ...(json('openai-api/tool-calls.json') as { choices: object[] }).choices[0], message: { role: 'assistant', content: null, tool_calls: [{ ...(json('openai-api/tool-calls.json') as any).choices[0].message.tool_calls[0], id: 'call_0_0' }] } }]); // eslint-disable-line
    interface CallDelta {
      readonly id?: string;
      readonly function: { readonly arguments: string };
    }
    const calls = (frames: ReturnType<typeof framesOf>): readonly CallDelta[] =>
      frames.flatMap(({ data }) => (data === '[DONE]' ? [] : ((data as { choices: { delta: { tool_calls?: CallDelta[] } }[] }).choices[0]!.delta.tool_calls ?? [])));
    const streamed = calls(framesOf(await (await chat({ model: 'coder', tools, stream: true })).text()));
    const documented = calls(framesOf(fixture('openai-api/tool-stream.txt')));
    expect({ ...streamed[0], id: 'call_abc123' }).toEqual(documented[0]);
    expect(streamed.slice(1).map((call) => call.function.arguments).join('')).toBe(documented.slice(1).map((call) => call.function.arguments).join(''));
  });

  it('is asked from JavaScript', async () => {
    expect(await javascript('openai-api/client.mjs', await spawned())).toBe(`${HELLO}\n`);
  });

  byPython(`is asked from Python${pythonReason ?? ''}`, async () => {
    const server = await spawned();
    for (const name of ['client', 'replacement', 'tools']) expect(await python(`openai-api/${name}.py`, server)).toBe(`${HELLO}\n`);
    expect(await python('openai-api/client-stream.py', server)).toBe(HELLO);
    expect(await python('openai-api/usage.py', server)).toBe('Used 12 tokens\nCost estimate: $0.0001\n');
  });

  it('has agents that are spawned while it runs', async () => {
    const server = await spawned({ config: { agents: [agentAt('standard', vendor.url)] } });
    const run = (line: string): Promise<unknown> => promisify(execFile)(process.execPath, [BINARY, ...line.split(' ').slice(1)], { cwd: server.cwd, env: { PATH: process.env['PATH'] ?? '', HOME: server.cwd } });
    for (const line of fixture('openai-api/spawn-names.sh').trim().split('\n')) await run(line);
    for (const model of ['openfang:python-expert', 'massgen:research-assistant', 'python-expert']) {
      const reply = (await (await server.chat({ model })).json()) as { model: string; choices: { message: { content: string } }[] };
      expect([reply.model, reply.choices[0]!.message.content]).toEqual([model.replace(/^\w+:/u, ''), HELLO]);
    }
  });
});

describe('the headend, as documented', () => {
  it('answers and streams as the examples do', async () => {
    const server = await serving(['chat']);
    expect(JSON.parse(await shell('headend/chat.sh', server))).toEqual(shape(json('headend/response.json')));
    expect(JSON.parse(await shell('headend/hello.sh', server))).toMatchObject({ model: 'chat', choices: [{ message: { role: 'assistant', content: HELLO } }] });
    const streamed = await shell('headend/chat-stream.sh', server);
    const documented = framesOf(fixture('headend/stream.txt'));
    for (const { data } of documented.slice(0, -1)) expect(framesOf(streamed).slice(1).map((frame) => frame.data as unknown)).toContainEqual(shape(data));
    expect(streamed.endsWith('data: [DONE]\n\n')).toBe(true);
    expect((await server.post('/v1/chat/completions', json('headend/request.json'))).headers.get('content-type')).toContain('text/event-stream');
  });

  it('is asked from JavaScript', async () => {
    expect(await javascript('headend/client.mjs', await serving(['chat']))).toBe(`${HELLO}\n`);
  });

  byPython(`is asked from Python${pythonReason ?? ''}`, async () => {
    expect(await python('headend/client.py', await serving(['chat']))).toBe(`${HELLO}\n`);
  });
});

describe('the documented commands', () => {
  const agent = '---\ndescription: Talks\nmodels:\n  - openai/gpt-4o\n---\nYou talk.\n';
  const env = { MASSGEN_SERVER_HOST: '127.0.0.1', MASSGEN_SERVER_PORT: '0', OPENAI_API_KEY: 'x', GEMINI_API_KEY: 'x', GROQ_API_KEY: 'x' };
  const files = { 'config.yaml': fixture('http-server/config.yaml'), 'config.yml': fixture('agents-api/config.yml'), 'agents/chat.ai': agent, 'chat.ai': agent };
  const lines = ['http-server/start.sh', 'agents-api/start.sh', 'openai-api/start.sh', 'headend/start.sh', 'headend/webui-start.sh', 'headend/concurrency.sh'].flatMap((name) => fixture(name).split('\n').filter((line) => line.startsWith('massgen ')));
  let listening: readonly (readonly [string, string])[] = [];

  beforeAll(async () => {
    const starting = lines.map(async (line) => {
      // Only host and port differ.
      const args = line.split(' ').slice(1).map((word) => (/^\d{4}$/u.test(word) ? '0' : word === '0.0.0.0' ? '127.0.0.1' : word));
      const { child, says } = startMassgen(args, { files, env });
      let out = '';
      child.stdout?.on('data', (text: string) => (out += text));
      await says('listening on ');
      return [line, /listening on (\S+)/u.exec(out)?.[1] ?? ''] as const;
    });
    listening = await Promise.all(starting);
  });

  it('start servers that are well', async () => {
    expect(listening.map(([line]) => line)).toEqual(lines);
    for (const [, url] of listening) expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
  });
});
