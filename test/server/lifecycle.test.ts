import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, loggedEvents, massgen, startMassgen, type Setting } from '../support/massgen-process.js';
import { AGREED, ECHO, looped } from '../support/scripts.js';
import { answerOf, ask as post, modelsAt, serving, type Started } from '../support/serve-process.js';
import { framesOf, joined } from '../support/server.js';
import { aloneAt, startVendor, type Vendor } from '../support/vendor.js';
import { until } from '../support/until.js';

afterEach(async () => {
  await cleanUp();
  await closeServers();
});

const ready = async (url: string): Promise<number> => (await fetch(`${url}/health/ready`)).status;

describe('massgen serve', () => {
  it('says where it listens, what its models are, and warns where anybody may come', async () => {
    const { child, ended, says } = await serving(['team.yaml', '--host', '0.0.0.0'], { files: { 'team.yaml': looped(AGREED) } });
    await says('massgen is team.yaml');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^massgen: listening on http:\/\/localhost:\d+ \(0\.0\.0\.0\), OpenAI API at http:\/\/localhost:\d+\/v1\nmassgen: models: massgen, one, two; massgen is team\.yaml\n$/);
    expect(stderr).toContain('WARNING: ANYBODY WHO CAN REACH THIS PORT CAN USE IT');
    expect(stderr).toContain('massgen: stopped');
  });

  it('says a line for each request, and none with --quiet', async () => {
    const loud = await serving(['team.yaml'], { files: { 'team.yaml': looped(AGREED) } });
    await post(loud.url, {}, { 'x-request-id': 'my-request' });
    await loud.says('POST /v1/chat/completions 200');
    const quiet = await serving(['team.yaml', '--quiet'], { files: { 'team.yaml': looped(AGREED) } });
    await post(quiet.url);
    quiet.child.kill('SIGINT');
    expect((await quiet.ended).stderr).not.toContain('POST');
  });

  it('starts with nothing, and takes up agents as they come', async () => {
    const { url, cwd } = await serving([]);
    expect(await ready(url)).toBe(200);
    expect(await modelsAt(url)).toEqual([]);
    expect((await post(url)).status).toBe(404);
    mkdirSync(path.join(cwd, '.massgen/agents'), { recursive: true });
    writeFileSync(path.join(cwd, '.massgen/agents/echo.yaml'), JSON.stringify(looped(ECHO)).replace('"id":"solo",', ''));
    expect(await modelsAt(url)).toEqual(['echo', 'openfang:echo']);
    for (const model of ['echo', 'openfang:echo', 'massgen', 'anything']) expect(await answerOf(await post(url, { model }))).toBe('<Hi>');
  });

  it.each<[string, readonly string[], Setting, string]>([
    ['is not there', ['none.yaml'], {}, 'there is no configuration "none.yaml"'],
    ['is broken', ['bad.yaml'], { files: { 'bad.yaml': 'agents:\n  - id: a\n    backend: {type: nonsense}\n' } }, 'bad.yaml:3:'],
    ['is broken, in an agent file', ['--agent', 'bad.yaml'], { files: { 'bad.yaml': 'agent: [1, 2]\n' } }, 'bad.yaml'],
    ['can never be run', ['bad.yaml'], { files: { 'bad.yaml': { agent: { id: 'a', backend: { type: 'scripted', script: [{ words: 'x' }] } } } } }, 'bad.yaml: agent a: script[0].words'],
    ['has an agent file that can never be run', ['team.yaml', '--agent', 'bad.yaml'], { files: { 'team.yaml': looped(AGREED), 'bad.yaml': { agent: { id: 'a', backend: { type: 'scripted', script: [{ words: 'x' }] } } } } }, 'bad.yaml: agent a: script[0].words'],
    ['has a port that is none', ['--port', '70000'], {}, '65535'],
    ['has a port in the environment that is none', ['--openai-completions', '0', '--host', 'localhost'], { env: { MASSGEN_SERVER_PORT: 'four' } }, 'MASSGEN_SERVER_PORT must be a port'],
    ['is there twice', ['a.yaml', '--config', 'b.yaml'], {}, 'there are two configurations'],
    ['listens where this machine is not', ['--host', '192.0.2.1', '--port', '0'], {}, 'no address 192.0.2.1'],
  ])('ends at once, with exit code 1 and the place, when its configuration %s', async (_name, args, setting, says) => {
    const { code, stderr } = await massgen(['serve', ...args], setting);
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
  });

  it('starts without the key of a provider, and says which to set', async () => {
    const server = startMassgen(['serve', 'team.yaml', '--host', '127.0.0.1', '--port', '0'], { files: { 'team.yaml': { agent: { id: 'a', backend: { type: 'openai', model: 'gpt-4o' } } } } });
    await server.says('set OPENAI_API_KEY to use openai');
    await server.says('massgen is team.yaml');
  });

  it('says which port is taken', async () => {
    const { url } = await serving([]);
    const { code, stderr } = await massgen(['serve', '--host', '127.0.0.1', '--port', new URL(url).port]);
    expect([code, stderr]).toEqual([1, `massgen: something else listens on 127.0.0.1:${new URL(url).port}; choose another --port\n`]);
  });

  it.each([
    [['--port', '4711', '--openai-completions', '4711']],
    [['--openai-completions', '4711', '--anthropic-completions', '4711']],
  ])('says that a port is named twice: %j', async (flags) => {
    const { code, stderr } = await massgen(['serve', '--host', '127.0.0.1', ...flags]);
    expect([code, stderr]).toEqual([1, 'massgen: port 4711 is named twice; --port, --openai-completions and --anthropic-completions each need ports of their own\n']);
  });

  it('takes host, port and configuration from the environment, flags first', async () => {
    const files = { 'team.yaml': looped(AGREED), 'other.yaml': looped(ECHO) };
    const env = { MASSGEN_SERVER_HOST: '127.0.0.1', MASSGEN_SERVER_PORT: '0', MASSGEN_SERVER_DEFAULT_CONFIG: 'team.yaml' };
    const plain = startMassgen(['serve'], { files, env });
    await plain.says('massgen is team.yaml');
    const flagged = startMassgen(['serve', '--config', 'other.yaml'], { files, env });
    await flagged.says('massgen is other.yaml');
  });

  it('makes agent files models, and their team massgen', async () => {
    const { url } = await serving(['--agent', 'one.yaml', '--agent', 'two.yaml', '--openai-completions', '0'], { files: { 'one.yaml': looped(ECHO), 'two.yaml': looped(ECHO) } });
    expect(await modelsAt(url)).toEqual(['massgen', 'solo', 'solo-2']);
    expect(await answerOf(await post(url, { model: 'solo-2' }))).toBe('<Hi>');
  });

  it('opens only the ports of --openai-completions where there is no --port', async () => {
    const only = await serving(['--openai-completions', '0', '--openai-completions', '0']);
    expect(only.urls).toHaveLength(2);
    const both = await serving(['--openai-completions', '0', '--port', '0']);
    expect(both.urls).toHaveLength(2);
  });

  it('reads changed files again with --reload, and keeps the old while the new is broken', async () => {
    const { url, cwd, says } = await serving(['team.yaml', '--reload'], { files: { 'team.yaml': looped(ECHO) } });
    writeFileSync(path.join(cwd, 'team.yaml'), JSON.stringify(looped(AGREED)));
    await says('the configuration was read again');
    expect(await modelsAt(url)).toEqual(['massgen', 'one', 'two']);
    writeFileSync(path.join(cwd, 'team.yaml'), 'agents: nonsense');
    await says('the old one stays');
    expect(await answerOf(await post(url))).toBe('The agreed answer.');
  });

  it('tells with --help what it can be told', async () => {
    const { stdout } = await massgen(['serve', '--help']);
    for (const words of ['--openai-completions', '--queue-timeout', 'default 0.0.0.0', 'default 4000', 'default 100', 'default 300', 'default 30', 'default none', '--no-docs', '--api-key-file', 'MASSGEN_SERVER_API_KEY', '--allow-path', '--strict-models']) expect(stdout.replaceAll(/\s+/gu, ' ')).toContain(words);
  });

  it('lets pages of any origin call with a bare --cors', async () => {
    const { url } = await serving(['--cors', 'team.yaml'], { files: { 'team.yaml': looped(ECHO) } });
    expect((await fetch(`${url}/v1/models`, { headers: { origin: 'https://a.example' } })).headers.get('access-control-allow-origin')).toBe('*');
    const some = await serving(['--cors', 'https://a.example,https://b.example']);
    expect((await fetch(`${some.url}/v1/models`, { headers: { origin: 'https://b.example' } })).headers.get('access-control-allow-origin')).toBe('https://b.example');
  });
});

describe('SIGTERM', () => {
  const withVendor = async (vendor: Vendor, ...args: readonly string[]): Promise<Started> => serving(['solo.json', ...args], { files: { 'solo.json': aloneAt(vendor.url) } });

  it('lets a stream end, takes no new work meanwhile, and says so', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const vendor = await startVendor(async () => {
      await held;
      return { text: 'Done.' };
    });
    const { url, child, ended } = await withVendor(vendor, '--concurrency', '1');
    const running = post(url, { stream: true });
    await until(() => vendor.heard.length === 1);
    const waiting = post(url);
    await until(async () => ((await (await fetch(`${url}/health/ready`)).json()) as { waiting: number }).waiting === 1);
    child.kill('SIGTERM');
    const refused = await waiting;
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await ready(url)).toBe(503);
    expect((await post(url)).status).toBe(503);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    free();
    expect(joined(framesOf(await (await running).text()))).toMatchObject({ content: 'Done.', finish: 'stop', done: true });
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('massgen: stopped')]);
  });

  it.each([
    ['before the first byte', { text: '', hang: true }, false],
    ['in the middle of a stream', { text: 'Half', hang: true }, true],
  ])('cancels what has not ended in time, %s, and logs it', async (_name, said, begun) => {
    const vendor = await startVendor(() => said);
    const { url, child, ended, cwd } = await withVendor(vendor, '--drain-timeout', '0');
    const asked = post(url, { stream: true });
    await until(() => vendor.heard.length === 1);
    if (begun) await asked;
    child.kill('SIGTERM');
    const response = await asked;
    const error = expect.objectContaining({ code: 'server_closing', type: 'server_error' });
    if (begun) expect(framesOf(await response.text()).at(-1)!.data).toEqual({ error });
    else expect([response.status, await response.json()]).toEqual([503, { error }]);
    expect((await ended).code).toBe(0);
    await until(() => vendor.left.length === 1);
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });

  it('leaves at once the second time', async () => {
    const vendor = await startVendor(() => ({ text: '', hang: true }));
    const { url, child, ended, says } = await withVendor(vendor);
    const asked = post(url).catch(() => 'cut off');
    await until(() => vendor.heard.length === 1);
    child.kill('SIGTERM');
    await says('once more to leave at once');
    child.kill('SIGTERM');
    expect([(await ended).code, await asked]).toEqual([4, 'cut off']);
  });
});
