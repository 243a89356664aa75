import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { endGroup, startGroup } from '../../../../src/backends/wires/process/process-group.js';
import { childEnvironment } from '../../../../src/backends/wires/process/child-environment.js';
import { closeSources, serverOf, sourceOf, toolOf, use } from '../../../support/mcp.js';
import { until } from '../../../support/until.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'massgen-mcp-'));
});
afterEach(closeSources);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const everything = { command: process.execPath, args: [serverOf('everything')] };

/** The same server over HTTP. */
async function listening(kind: 'sse' | 'streamableHttp'): Promise<{ readonly url: string; readonly end: () => void }> {
  const port = await freePort();
  const child = startGroup(process.execPath, [serverOf('everything'), kind], { env: { ...childEnvironment(process.env), PORT: String(port) } });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await until(() => /listening|running|started/iu.test(said));
  return { url: `http://127.0.0.1:${port}/${kind === 'sse' ? 'sse' : 'mcp'}`, end: () => endGroup(child) };
}

describe.each(['stdio', 'streamable HTTP', 'SSE', 'SSE found out'])('the everything server over %s', (how) => {
  let server: { readonly url: string; readonly end: () => void } | undefined;
  let settings: object;
  beforeAll(async () => {
    if (how !== 'stdio') server = await listening(how === 'streamable HTTP' ? 'streamableHttp' : 'sse');
    settings = how === 'stdio' ? everything : { url: server!.url, ...(how === 'SSE' ? { type: 'sse' } : how === 'SSE found out' ? {} : { type: 'streamable-http' }) };
  });
  afterAll(() => server?.end());

  it('lists its tools under long names, with their bare ones as aliases', async () => {
    const source = await sourceOf({ every: settings });
    expect(source.tools().map(({ name }) => name)).toEqual(expect.arrayContaining(['mcp__every__echo', 'mcp__every__get-sum', 'mcp_resources', 'mcp_prompts']));
    expect(toolOf(source, 'mcp__every__echo')).toMatchObject({ aliases: ['echo'], description: expect.stringContaining('cho'), parameters: { type: 'object', properties: { message: { type: 'string' } } } });
  });

  it('calls a tool', async () => {
    expect(await use(await sourceOf({ every: settings }), 'mcp__every__echo', { message: 'hello there' })).toEqual({ text: 'Echo: hello there' });
  });

  it('gives several calls at once their own results', async () => {
    const source = await sourceOf({ every: settings });
    const results = await Promise.all([1, 2, 3, 4, 5].map((a) => use(source, 'mcp__every__get-sum', { a, b: 10 })));
    expect(results.map(({ text }) => /1\d\./u.exec(text)?.[0])).toEqual(['11.', '12.', '13.', '14.', '15.']);
  });

  it('marks what went wrong as failed', async () => {
    expect(await use(await sourceOf({ every: settings }), 'mcp__every__get-sum', { a: 'x' })).toMatchObject({ failed: true, text: expect.stringContaining('nvalid') });
  });

  it('shows pictures', async () => {
    expect(await use(await sourceOf({ every: settings }), 'mcp__every__get-tiny-image')).toMatchObject({ images: [{ type: 'image', mediaType: 'image/png' }] });
  });

  it('tells a resource of text in bytes as the text', async () => {
    const source = await sourceOf({ every: settings });
    expect((await use(source, 'mcp_resources', { server: 'every', uri: 'demo://resource/dynamic/blob/1' })).text).toMatch(/^Resource demo:\/\/resource\/dynamic\/blob\/1:\nResource 1/u);
  });

  it('tells structured content once', async () => {
    const { text } = await use(await sourceOf({ every: settings }), 'mcp__every__get-structured-content', { location: 'Chicago' });
    expect(text.match(/humidity/gu)).toHaveLength(1);
  });

  it('passes progress on', async () => {
    const said: string[] = [];
    await use(await sourceOf({ every: settings }), 'mcp__every__trigger-long-running-operation', { duration: 1, steps: 3 }, { progress: (message) => said.push(message) });
    expect(said).toContain('1/3');
  });

  it('lets go of a call that is aborted', async () => {
    const source = await sourceOf({ every: settings });
    const calling = new AbortController();
    const call = use(source, 'mcp__every__trigger-long-running-operation', { duration: 60, steps: 60 }, { signal: calling.signal, progress: () => calling.abort() });
    await expect(call).rejects.toThrow();
    expect(await use(source, 'mcp__every__echo', { message: 'still here' })).toEqual({ text: 'Echo: still here' });
  });

  it('lists and reads resources', async () => {
    const source = await sourceOf({ every: settings });
    const { text } = await use(source, 'mcp_resources');
    expect(text).toContain('Resources of every:');
    const uri = /- (demo:\/\/resource\/static\S+)/u.exec(text)?.[1];
    expect((await use(source, 'mcp_resources', { uri })).text).toContain(`Resource ${uri}:\n`);
  });

  it('lists and reads prompts', async () => {
    const source = await sourceOf({ every: settings });
    expect((await use(source, 'mcp_prompts')).text).toContain('- args-prompt:');
    expect((await use(source, 'mcp_prompts', { name: 'args-prompt', arguments: { city: 'Oslo' } })).text).toContain('Oslo');
  });

  it('tells the server where the workspace is', async () => {
    const source = await sourceOf({ every: settings }, { workspace: folder });
    await until(() => source.tools().some(({ name }) => name.includes('roots')));
    await until(async () => (await use(source, 'mcp__every__get-roots-list')).text.includes(folder));
  });

  it('puts the server’s form to the user', async () => {
    const source = await sourceOf({ every: settings }, { fillForm: async ({ fields }) => ({ action: 'accept', content: { [fields[0]!.name]: 'Ada' } }) });
    await until(() => source.tools().some(({ name }) => name.includes('elicitation')));
    expect((await use(source, 'mcp__every__trigger-elicitation-request')).text).toContain('Ada');
  });
});

describe('the filesystem server', () => {
  const settings = (): object => [{ name: 'files', type: 'stdio', command: process.execPath, args: [serverOf('filesystem'), folder] }];

  it('knows which of its tools only read', async () => {
    const source = await sourceOf(settings());
    expect(toolOf(source, 'mcp__files__read_text_file').effects).toBe('none');
    expect(toolOf(source, 'mcp__files__write_file').effects).toBe('outside');
  });

  it('writes and reads', async () => {
    const source = await sourceOf(settings());
    const at = path.join(folder, 'note.txt');
    await use(source, 'mcp__files__write_file', { path: at, content: 'kept' });
    expect(readFileSync(at, 'utf8')).toBe('kept');
    expect(await use(source, 'mcp__files__read_text_file', { path: at })).toEqual({ text: 'kept' });
  });

  it('keeps the folders of its arguments beside the workspace', async () => {
    const workspace = mkdtempSync(path.join(tmpdir(), 'massgen-ws-'));
    const source = await sourceOf(settings(), { workspace });
    writeFileSync(path.join(folder, 'a.txt'), 'A');
    writeFileSync(path.join(workspace, 'b.txt'), 'B');
    await until(async () => (await use(source, 'mcp__files__list_allowed_directories')).text.includes(workspace));
    for (const at of [path.join(folder, 'a.txt'), path.join(workspace, 'b.txt')]) expect(await use(source, 'mcp__files__read_text_file', { path: at })).not.toHaveProperty('failed');
    rmSync(workspace, { recursive: true });
  });

  it('is held to its own lists', async () => {
    const [entry] = settings() as object[];
    const source = await sourceOf([{ ...entry, allowed_tools: ['read_*', 'mcp__files__write_file'], exclude_tools: ['*_media_file'] }]);
    expect(source.tools().map(({ name }) => name.slice('mcp__files__'.length)).sort()).toEqual(['read_file', 'read_multiple_files', 'read_text_file', 'write_file']);
    expect(source.notes().join(' ')).not.toContain('none is left');
  });

  it('is said to be left nothing where its list names none of its tools', async () => {
    const [entry] = settings() as object[];
    const source = await sourceOf([{ ...entry, allowed_tools: ['raed_file'] }]);
    expect(source.tools()).toEqual([]);
    expect(source.notes()).toContainEqual(expect.stringMatching(/^The MCP server files: of its tools \(\d+\) none is left by its lists \(allowed_tools: raed_file\)/u));
  });
});

describe('the memory server', () => {
  it('keeps what it is told, in the file that its environment names', async () => {
    const at = path.join(folder, 'memory.jsonl');
    const source = await sourceOf({ memory: { command: `${process.execPath} ${serverOf('memory')}`, env: { MEMORY_FILE_PATH: at } } });
    await use(source, 'mcp__memory__create_entities', { entities: [{ name: 'Ada', entityType: 'person', observations: ['counts'] }] });
    expect((await use(source, 'mcp__memory__read_graph')).text).toContain('Ada');
    expect(existsSync(at)).toBe(true);
  });
});
