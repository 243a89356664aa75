import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackendEvent } from '../../../../src/backends/contract.js';
import { createBackend } from '../../../../src/backends/create.js';
import { resolveBackend } from '../../../../src/backends/resolve.js';
import type { BackendConfig } from '../../../../src/backends/spec.js';
import { withConsent } from '../../../../src/compose/consent.js';
import { collect, eventsOf, requestOf, textOf } from '../../../support/backend-collect.js';
import { closeServers, serve } from '../../../support/backend-servers.js';
import { recording } from '../../../support/backend-replay.js';
import { removeFolder } from '../../../support/remove-folder.js';

let home = '';
let asked: string[] = [];
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'massgen-test-lms-'));
  asked = [];
});
afterEach(async () => {
  await closeServers();
  await removeFolder(home);
});

interface Model {
  readonly id: string;
  readonly state: 'loaded' | 'not-loaded';
}

const json = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** LM Studio as far as it is asked; what is downloaded and loaded stands in files that the fake `lms` writes. */
async function studio(models: () => readonly Model[]): Promise<string> {
  const origin = await serve((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (request.url === '/api/v0/models') json(response, { data: models() });
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(recording('openai-chat/text.sse'));
  });
  return `${origin}/v1`;
}

/** An `lms` that notes how it was called. */
async function installLms(folder = 'bin', more = ''): Promise<string> {
  const bin = path.join(home, folder);
  await mkdir(bin, { recursive: true });
  const file = path.join(bin, 'lms');
  await writeFile(file, `#!/bin/sh\necho "$@" >> "${home}/calls"\nprintf '10%% done\\n100%% done\\n'\n${more}`);
  await chmod(file, 0o755);
  return bin;
}

const callsOfLms = async (): Promise<readonly string[]> => (existsSync(path.join(home, 'calls')) ? (await readFile(path.join(home, 'calls'), 'utf8')).trim().split('\n') : []);
const env = (bin?: string): Record<string, string> => ({ HOME: home, PATH: [...(bin === undefined ? [] : [bin]), '/usr/bin', '/bin'].join(':'), OPENAI_API_KEY: 'sk-other' });
const run = (base_url: string, config: Partial<BackendConfig> = {}, bin?: string): Promise<BackendEvent[]> => collect(createBackend({ type: 'lmstudio', model: 'qwen3-4b', base_url, ...config }, { env: env(bin), agent: 'local' }));
const errorOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'error')[0]?.error;
const notesOf = (events: readonly BackendEvent[]): readonly string[] => eventsOf(events, 'waiting').flatMap(({ message }) => (message === '' ? [] : [message]));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('LM Studio', () => {
  it('is just called when it is up and the model loaded', async () => {
    const url = await studio(() => [{ id: 'lmstudio-community/Qwen3-4B', state: 'loaded' }]);
    const events = await run(url, {}, await installLms());
    expect(textOf(events)).toBe('Grüße, 世界 👋 — done.');
    expect(notesOf(events)).toEqual([]);
    expect(await callsOfLms()).toEqual([]);
  });

  it('looks once, however often it is called', async () => {
    const url = await studio(() => [{ id: 'qwen3-4b', state: 'loaded' }]);
    const backend = createBackend({ type: 'lmstudio', model: 'qwen3-4b', base_url: url }, { env: env() });
    await collect(backend);
    asked = [];
    await collect(backend);
    expect(asked).toEqual(['POST /v1/chat/completions']);
  });

  it('has its model loaded, and shows it', async () => {
    const url = await studio(() => [{ id: 'qwen3-4b', state: 'not-loaded' }]);
    const events = await run(url, {}, await installLms());
    expect(await callsOfLms()).toEqual(['load qwen3-4b --yes']);
    expect(notesOf(events)).toEqual(['loads qwen3-4b', '10% done']);
    expect(textOf(events)).not.toBe('');
  });

  it('loads the model itself where its command is not to be found', async () => {
    const url = await studio(() => [{ id: 'qwen3-4b', state: 'not-loaded' }]);
    expect(textOf(await run(url))).not.toBe('');
  });

  it('downloads nothing unless told to: the error has the line that allows it', async () => {
    const url = await studio(() => [{ id: 'other', state: 'loaded' }]);
    expect(errorOf(await run(url, {}, await installLms()))).toEqual({ code: 'request-rejected', message: 'LM Studio has no model "qwen3-4b" (it has other); set "auto_download: true" in the backend to have it downloaded, or run: lms get qwen3-4b' });
    expect(await callsOfLms()).toEqual([]);
  });

  it('downloads the model with auto_download', async () => {
    const url = await studio(() => (existsSync(path.join(home, 'calls')) ? [{ id: 'qwen3-4b', state: 'not-loaded' }] : []));
    const events = await run(url, { auto_download: true }, await installLms());
    expect(await callsOfLms()).toEqual(['get qwen3-4b --yes', 'load qwen3-4b --yes']);
    expect(notesOf(events)).toEqual(expect.arrayContaining(['downloads qwen3-4b', '10% done', 'loads qwen3-4b']));
    expect(textOf(events)).not.toBe('');
  });

  it('says why a download failed', async () => {
    const url = await studio(() => []);
    const events = await run(url, { auto_download: true }, await installLms('bin', 'echo "no such model" >&2; exit 1'));
    expect(errorOf(events)).toMatchObject({ code: 'backend-unsupported', message: expect.stringContaining('no such model') });
  });

  it('starts the server on its port where the command is there', async () => {
    const port = await freePort();
    const server = `const h=require('node:http');h.createServer((q,s)=>{if(q.url==='/api/v0/models'){s.end(JSON.stringify({data:[{id:'qwen3-4b',state:'loaded'}]}))}else{s.writeHead(200,{'content-type':'text/event-stream'});s.end(require('node:fs').readFileSync('${home}/text.sse'));setTimeout(()=>process.exit(0),500).unref()}}).listen(${String(port)},'127.0.0.1');setTimeout(()=>process.exit(0),15000)`;
    await writeFile(path.join(home, 'server.cjs'), server);
    await writeFile(path.join(home, 'text.sse'), recording('openai-chat/text.sse'));
    const bin = await installLms('.lmstudio/bin', `"${process.execPath}" "${home}/server.cjs" > /dev/null 2>&1 < /dev/null &\n`);
    expect(bin).toContain('.lmstudio');
    const events = await collect(createBackend({ type: 'lmstudio', model: 'qwen3-4b', port }, { env: env(), agent: 'local' }));
    expect(await callsOfLms()).toEqual([`server start --port ${String(port)}`]);
    expect(textOf(events)).toBe('Grüße, 世界 👋 — done.');
  });

  it('installs nothing unless told to: the error has the line that allows it', async () => {
    const port = await freePort();
    const events = await collect(createBackend({ type: 'lmstudio', model: 'qwen3-4b', port }, { env: env(), agent: 'local' }));
    expect(errorOf(events)).toEqual({ code: 'backend-unsupported', message: `LM Studio does not answer at localhost:${String(port)} and is not installed (agent local); start it, or set "auto_install: true" in the backend to have its command line tool installed` });
  });

  it('installs with auto_install, by the makers’ own installer', async () => {
    const port = await freePort();
    const bin = path.join(home, 'bin');
    await mkdir(bin);
    // What `curl` would fetch: an installer that fails, and says what it was.
    await writeFile(path.join(bin, 'curl'), '#!/bin/sh\necho "echo fetched $2 >&2; exit 3"\n');
    await chmod(path.join(bin, 'curl'), 0o755);
    const events = await collect(createBackend({ type: 'lmstudio', model: 'm', port, auto_install: true }, { env: env(bin) }));
    expect(notesOf(events)).toEqual(['installs LM Studio', 'fetched https://lmstudio.ai/install.sh']);
    expect(errorOf(events)).toMatchObject({ code: 'backend-unsupported', message: expect.stringContaining('installing LM Studio failed: fetched https://lmstudio.ai/install.sh') });
  });

  it('asks on a terminal, and does what was granted', async () => {
    const url = await studio(() => []);
    const agent = { id: 'local', backend: { type: 'lmstudio', model: 'qwen3-4b', base_url: url }, systemMessage: '' };
    const questions: string[] = [];
    const ask = (answer: boolean) => (question: string) => {
      questions.push(question);
      return Promise.resolve(answer);
    };
    expect((await withConsent([agent], env(), ask(true)))[0]?.backend).toEqual({ ...agent.backend, auto_download: true });
    expect((await withConsent([agent], env(), ask(false)))[0]?.backend).toEqual(agent.backend);
    expect(questions[0]).toBe('Agent local would have massgen download the model qwen3-4b with LM Studio. May it?');
    const down = { ...agent, backend: { type: 'lmstudio', model: 'm', port: await freePort() } };
    expect((await withConsent([down], env(), ask(true)))[0]?.backend).toMatchObject({ auto_install: true });
    expect(questions.at(-1)).toContain('https://lmstudio.ai/install.sh');
    expect(await withConsent([{ ...agent, backend: { type: 'groq' } }], env(), ask(true))).toMatchObject([{ backend: { type: 'groq' } }]);
    expect(questions).toHaveLength(3);
  });

  it('is looked for on this machine with base_url: auto, at port 1234 or the one that is given', async () => {
    const { port } = new URL(await studio(() => [{ id: 'qwen3-4b', state: 'loaded' }]));
    expect(textOf(await run('auto', { port: Number(port) }))).toBe('Grüße, 世界 👋 — done.');
    expect(asked).toEqual(['GET /api/v0/models', 'GET /api/v0/models', 'POST /v1/chat/completions']);
    expect(resolveBackend({ type: 'lmstudio', model: 'm', base_url: 'auto' }, {}, 'a').endpoint.baseUrl).toBe('http://localhost:1234/v1');
  });

  it('is left alone on another machine', async () => {
    const sent: string[] = [];
    const fetch = (url: unknown): Promise<Response> => {
      sent.push(String(url));
      return Promise.resolve(new Response(recording('openai-chat/text.sse'), { headers: { 'content-type': 'text/event-stream' } }));
    };
    await collect(createBackend({ type: 'lmstudio', model: 'm', base_url: 'http://10.0.0.9:1234/v1' }, { env: env(), fetch: fetch }), requestOf());
    expect(sent).toEqual(['http://10.0.0.9:1234/v1/chat/completions']);
  });
});
