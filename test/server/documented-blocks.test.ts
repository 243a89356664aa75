import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { modelDescriptionSchema } from '@continuedev/config-types';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { BINARY, cleanUp, start, temporaryFolder } from '../support/massgen-process.js';
import { bodyOf, framesOf, joined, serveHere, stopServers } from '../support/server.js';
import { agentAt, startVendor } from '../support/vendor.js';

// Every block of code of the four servers' documentation is a file of the fixtures; here are those that documented.test.ts does not run.

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = path.join(HERE, '../..');
const FIXTURES = path.join(HERE, '../fixtures/documented');
const fixture = (name: string): string => readFileSync(path.join(FIXTURES, name), 'utf8');
const json = (name: string): any => JSON.parse(fixture(name)); // eslint-disable-line

const idsIn = (list: { readonly data: readonly { readonly id: string }[] }): readonly string[] => list.data.map(({ id }) => id);

/** Blocks that are not run as they stand, and what stands for them. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'agents-api/program.py': 'a program of a Python package that is not ours; program.mjs says the same with massgen’s own',
};

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

/** `massgen` as a program finds it that has it installed. */
function folderOfProgram(): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/massgen'));
  return folder;
}

describe('the documented blocks of code', () => {
  it('are all run, but for those that cannot be', () => {
    const tests = ['documented.test.ts', 'documented-blocks.test.ts'].map((name) => readFileSync(path.join(HERE, name), 'utf8')).join('\n');
    const blocks = readdirSync(FIXTURES).flatMap((folder) => readdirSync(path.join(FIXTURES, folder)).map((name) => `${folder}/${name}`));
    const names = (block: string): boolean => tests.includes(block) || tests.includes(`'${path.basename(block)}'`) || (block.endsWith('.py') && tests.includes(`'${path.basename(block, '.py')}'`));
    expect(blocks.filter((block) => !(block in NOT_RUN) && !names(block))).toEqual([]);
    expect(Object.keys(NOT_RUN).filter((block) => !blocks.includes(block))).toEqual([]);
  });

  it('start a server of a program, agents-api/program.mjs', async () => {
    const folder = folderOfProgram();
    // Host and port, and an end.
    const text = fixture('agents-api/program.mjs').replace("'0.0.0.0'", "'127.0.0.1'").replace('8000', '0');
    writeFileSync(path.join(folder, 'program.mjs'), `${text}console.log('listening on', server.url);\n`);
    const { child, says } = start([process.execPath, path.join(folder, 'program.mjs')], { env: { OPENAI_API_KEY: 'k' } });
    let out = '';
    child.stdout?.on('data', (piece: string) => (out += piece));
    await says('listening on ');
    const url = /listening on (\S+)/u.exec(out)?.[1] ?? '';
    const headers = { authorization: 'Bearer your-secret-key', origin: 'https://app.example' };
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    const models = await fetch(`${url}/v1/models`, { headers });
    expect([idsIn(await bodyOf(models)), models.headers.get('access-control-allow-origin')]).toEqual([['massgen', 'gpt-4-custom'], '*']);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
  });

  it('are a stream’s chunks, agents-api/stream.txt', async () => {
    const vendor = await startVendor(() => ({ text: 'Hello!', pieces: 2, paceMs: 30 }));
    const { chat } = await serveHere({ config: { agents: [agentAt('assistant', vendor.url)] } });
    const contents = (text: string): readonly string[] => framesOf(text).flatMap(({ data }) => (data === '[DONE]' ? ['[DONE]'] : ((data as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? [])));
    const real = contents(await (await chat({ model: 'assistant', stream: true })).text());
    expect([real.slice(0, -1).join(''), real.at(-1)]).toEqual([contents(fixture('agents-api/stream.txt').replaceAll('\n', '\n\n')).slice(0, -1).join(''), '[DONE]']);
  });

  it('are asked with the Responses API, agents-api/responses-request.json', async () => {
    const vendor = await startVendor(() => ({ text: 'Once upon a time.' }));
    const { post } = await serveHere({ config: { agents: [agentAt('assistant', vendor.url)] } });
    const response = await post('/v1/responses', json('agents-api/responses-request.json'));
    const body = (await bodyOf(response)) as { object: string; status: string; model: string; output: { type: string; content: { text: string }[] }[] };
    expect([response.status, body.object, body.status, body.model]).toEqual([200, 'response', 'completed', 'assistant']);
    expect(body.output.find(({ type }) => type === 'message')?.content[0]?.text).toBe('Once upon a time.');
    expect(vendor.heard[0]?.messages).toEqual([{ role: 'user', content: 'Tell me a story about a robot.' }]);
  });

  it('list what is spawned, openai-api/models.json and openai-api/spawn.sh', async () => {
    const server = await serveHere({ env: { GROQ_API_KEY: 'k' } });
    const env = { PATH: process.env['PATH'] ?? '', HOME: server.cwd };
    const line = fixture('openai-api/spawn.sh').trim();
    expect(line).toBe('massgen spawn coder');
    for (const name of [line.split(' ').at(-1)!, 'assistant']) await promisify(execFile)(process.execPath, [BINARY, 'spawn', name], { cwd: server.cwd, env });
    const { object, data } = await bodyOf(await server.get('/v1/models'));
    const documented = json('openai-api/models.json').data as { id: string }[];
    expect(object).toBe('list');
    for (const each of documented) expect(data).toContainEqual({ ...each, created: expect.any(Number) });
  });

  it('are a configuration of Continue, openai-api/continue.json: by its published schema, and as it then asks', async () => {
    const [model] = json('openai-api/continue.json').models as [{ model: string; apiBase: string; apiKey: string }];
    expect(modelDescriptionSchema.safeParse(model)).toMatchObject({ success: true, data: { provider: 'openai', model: 'openfang:coder' } });
    const vendor = await startVendor(() => ({ text: 'Hello there.', pieces: 3 }));
    const server = await serveHere();
    mkdirSync(path.join(server.cwd, '.massgen/agents'), { recursive: true });
    writeFileSync(path.join(server.cwd, '.massgen/agents/coder.yaml'), JSON.stringify({ agent: agentAt('coder', vendor.url) }));
    // Addresses are made from a base that gets a slash; a key goes out twice.
    const base = `${model.apiBase.replace(/^https?:\/\/[^/]+/u, server.url)}/`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${model.apiKey}`, 'api-key': model.apiKey };
    const list = await bodyOf(await fetch(new URL('models', base), { headers }));
    expect(idsIn(list)).toContain(model.model);
    const tools = [{ type: 'function', function: { name: 'builtin_read_file', description: 'Read a file', parameters: { type: 'object', required: ['filepath'], properties: { filepath: { type: 'string' } } } } }];
    const asked = { model: model.model, max_tokens: 4096, stream: true, messages: [{ role: 'system', content: 'You are in chat mode.' }, { role: 'user', content: [{ type: 'text', text: 'Hello' }] }], tools, parallel_tool_calls: false };
    const response = await fetch(new URL('chat/completions', base), { method: 'POST', headers, body: JSON.stringify(asked) });
    expect(joined(framesOf(await response.text()))).toMatchObject({ content: 'Hello there.', finish: 'stop', done: true });
    // Completions while somebody types, and a title of the chat.
    const legacy = await fetch(new URL('completions', base), { method: 'POST', headers, body: JSON.stringify({ model: model.model, prompt: 'const a =', max_tokens: 64, temperature: 0.01, stop: ['\n\n'], stream: true }) });
    expect(framesOf(await legacy.text()).map(({ data }) => (data === '[DONE]' ? '' : (data.choices[0]?.text ?? '')) as string).join('')).toBe('Hello there.');  
    const title = await fetch(new URL('chat/completions', base), { method: 'POST', headers, body: JSON.stringify({ model: model.model, max_tokens: 12, stream: true, messages: [{ role: 'user', content: 'Title?' }] }) });
    expect(title.status).toBe(200);
  });
});
