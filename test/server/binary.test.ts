import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, loggedEvents, massgen, temporaryFolder, type Setting } from '../support/massgen-process.js';
import { AGREED, ECHO, looped, MUTE } from '../support/scripts.js';
import { answerOf, ask, modelsAt, serving, type Started } from '../support/serve-process.js';
import { bodyOf } from '../support/server.js';
import { until } from '../support/until.js';
import { aloneAt, startVendor } from '../support/vendor.js';

afterEach(async () => {
  await cleanUp();
  await closeServers();
});

const TEAM = { files: { 'team.yaml': looped(AGREED) } };
const key = (value: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${value}` });

describe('the limits of massgen serve', () => {
  it('answer 504 when the time of a team is over without an answer', async () => {
    const { agent } = MUTE;
    const config = { agents: [{ ...agent, id: 'one' }, { ...agent, id: 'two' }], timeout_settings: { orchestrator_timeout_seconds: 1 } };
    const { url, cwd } = await serving(['team.yaml'], { files: { 'team.yaml': config } });
    const response = await ask(url);
    expect([response.status, (await bodyOf(response)).error]).toEqual([504, expect.objectContaining({ type: 'server_error', code: 'run_timeout', message: expect.stringContaining('no agent answered within') })]);
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'timeout' });
  });

  it('answer 503 to whoever has waited for --queue-timeout, and 429 beyond --queue-limit', async () => {
    const vendor = await startVendor(() => ({ text: '', hang: true }));
    const { url } = await serving(['solo.json', '--concurrency', '1', '--queue-limit', '1', '--queue-timeout', '5'], { files: { 'solo.json': aloneAt(vendor.url) } });
    void ask(url).catch(() => undefined);
    await until(() => vendor.heard.length === 1);
    const waiting = ask(url);
    await until(async () => (await bodyOf(await fetch(`${url}/health/ready`))).waiting === 1);
    const full = await ask(url);
    expect([full.status, full.headers.get('retry-after'), (await bodyOf(full)).error.code]).toEqual([429, '10', 'queue_full']);
    const late = await waiting;
    expect([late.status, late.headers.get('retry-after'), (await bodyOf(late)).error.code]).toEqual([503, '10', 'queue_timeout']);
  });

  it('are one for each kind of port', async () => {
    const vendor = await startVendor(() => ({ text: '', hang: true }));
    const { urls: [, more = ''] } = await serving(['solo.json', '--port', '0', '--openai-completions', '0', '--openai-completions-concurrency', '2', '--concurrency', '1'], { files: { 'solo.json': aloneAt(vendor.url) } });
    for (let count = 0; count < 3; count += 1) void ask(more).catch(() => undefined);
    await until(async () => (await bodyOf(await fetch(`${more}/health/ready`))).waiting === 1);
    expect(await bodyOf(await fetch(`${more}/health/ready`))).toMatchObject({ running: 2, waiting: 1 });
  });

  it('are requests a minute with --rate-limit', async () => {
    const { url } = await serving(['team.yaml', '--rate-limit', '1'], TEAM);
    expect((await ask(url)).status).toBe(200);
    const over = await ask(url);
    expect([over.status, await bodyOf(over)]).toEqual([429, { error: { message: 'Rate limit exceeded', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } }]);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('the access to massgen serve', () => {
  it('is for the keys of a file, of the environment, or of flags, which go before', async () => {
    const files = { ...TEAM.files, 'keys.txt': '# ours\nfirst\nsecond\n' };
    const env = { MASSGEN_SERVER_API_KEY: 'third,fourth' };
    const statuses = async ({ url }: Started): Promise<readonly number[]> => Promise.all(['first', 'second', 'third', 'fourth', 'fifth'].map(async (value) => (await fetch(`${url}/v1/models`, { headers: key(value) })).status));
    expect(await statuses(await serving(['team.yaml', '--api-key-file', 'keys.txt'], { files, env }))).toEqual([200, 200, 401, 401, 401]);
    expect(await statuses(await serving(['team.yaml'], { files, env }))).toEqual([401, 401, 200, 200, 401]);
    expect(await statuses(await serving(['team.yaml', '--api-key', 'fifth', '--api-key', 'first'], { files, env }))).toEqual([200, 401, 401, 401, 200]);
  });

  it('is without pages of documentation with --no-docs', async () => {
    const { url } = await serving(['team.yaml', '--no-docs'], TEAM);
    for (const page of ['/docs', '/redoc', '/openapi.json']) expect((await fetch(`${url}${page}`)).status).toBe(404);
  });

  it('is to files of --allow-path, for strangers too', async () => {
    const allowed = temporaryFolder();
    writeFileSync(path.join(allowed, 'echo.yaml'), JSON.stringify(looped(ECHO)));
    const model = `massgen/path:${path.join(allowed, 'echo.yaml')}`;
    const stranger = { 'x-forwarded-for': '198.51.100.7' };
    const closed = await ask((await serving(['team.yaml'], TEAM)).url, { model }, stranger);
    expect([closed.status, (await bodyOf(closed)).error.message]).toEqual([404, expect.stringContaining('--allow-path DIR')]);
    expect(await answerOf(await ask((await serving(['team.yaml', '--allow-path', allowed], TEAM)).url, { model }, stranger))).toBe('<Hi>');
  });

  it('is by names that somebody knows with --strict-models', async () => {
    const { url } = await serving(['team.yaml', '--strict-models'], TEAM);
    expect((await ask(url, { model: 'massgen' })).status).toBe(200);
    const unknown = await ask(url, { model: 'gpt-4o' });
    expect([unknown.status, await bodyOf(unknown)]).toEqual([404, { error: { message: "No agent found for model 'gpt-4o'", type: 'invalid_request_error', param: 'model', code: 'model_not_found' } }]);
  });
});

describe('the agents of massgen serve', () => {
  it('may be files of other programs: .toml and .ai beside YAML', async () => {
    const vendor = await startVendor(({ messages }) => ({ text: String(messages[0]?.content) }));
    const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: vendor.url };
    const files = {
      'fang.toml': `name = "fang"\ndescription = "Bites."\n[model]\nprovider = "openai"\nmodel = "gpt-4o-mini"\nbase_url = "${vendor.url}"\nsystem_prompt = "You bite."\n`,
      'agents/chat.ai': '---\ndescription: Talks\nmodels:\n  - openai/gpt-4o\n---\nYou talk.\n',
      'echo.yaml': looped(ECHO),
    };
    const { url } = await serving(['--agent', 'fang.toml', '--agent', 'agents/chat.ai', '--agent', 'echo.yaml'], { files, env });
    expect(await modelsAt(url)).toEqual(['massgen', 'fang', 'chat', 'solo']);
    expect(await answerOf(await ask(url, { model: 'fang' }))).toContain('You bite.');
    expect(await answerOf(await ask(url, { model: 'solo' }))).toBe('<Hi>');
  });

  it('may be spawned while it runs, in the project and for the user', async () => {
    const { url, cwd } = await serving([], { env: { GROQ_API_KEY: 'k' } });
    mkdirSync(path.join(cwd, '.git'));
    const inside: Setting = { through: `cd "${cwd}" && HOME="${path.join(cwd, '../home')}" exec "$@"`, env: { GROQ_API_KEY: 'k' } };
    expect((await massgen(['spawn', 'coder'], inside)).code).toBe(0);
    expect((await massgen(['spawn', '-g', 'writer'], inside)).code).toBe(0);
    expect((await massgen(['spawn', '-g', 'coder'], inside)).stderr).toContain('in this project "coder" is the project’s own agent');
    expect((await massgen(['spawn', '-g', '--remove', 'coder'], inside)).code).toBe(0);
    expect(await modelsAt(url)).toEqual(['coder', 'writer', 'openfang:coder', 'openfang:writer']);
    expect((await massgen(['spawn', '--remove', 'coder'], inside)).code).toBe(0);
    expect(await modelsAt(url)).toEqual(['writer', 'openfang:writer']);
  });

  it('are the project’s where the user has one of the same name, which has another name then, and its id', async () => {
    const echo = (text: string): string => JSON.stringify({ agent: { backend: { type: 'scripted', loop: true, script: [{ text }] } } });
    const files = { '.massgen/agents/coder.yaml': echo('the project’s') };
    const home = { '.config/massgen/agents/coder.yaml': echo('the user’s') };
    const { url, cwd } = await serving([], { files, home });
    expect(await modelsAt(url)).toEqual(['coder', 'coder-2', 'openfang:coder', 'openfang:coder-2']);
    const inside: Setting = { through: `cd "${cwd}" && HOME="${path.join(cwd, '../home')}" exec "$@"` };
    const { agents } = JSON.parse((await massgen(['spawn', '--list', '--json'], inside)).stdout) as { agents: { id: string; scope: string }[] };
    const id = agents.find(({ scope }) => scope === 'user')!.id;
    for (const model of ['coder', 'openfang:coder', 'massgen:coder']) expect(await answerOf(await ask(url, { model }))).toBe('the project’s');
    for (const model of [id, `openfang:${id}`, 'coder-2', 'openfang:coder-2']) expect(await answerOf(await ask(url, { model }))).toBe('the user’s');
  });
});

it('goes on with a session after it was stopped and started again, for its owner only', async () => {
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'solo.json'), JSON.stringify({ agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ text: '<{{task}}>' }] } } }));
  const inside: Setting = { through: `cd "${cwd}" && exec "$@"` };
  const args = ['solo.json', '--api-key', 'mine', '--api-key', 'yours'];
  const before = await serving(args, inside);
  const first = await ask(before.url, {}, key('mine'));
  const session = first.headers.get('x-massgen-session') ?? '';
  expect(await answerOf(first)).toBe('<Hi>');
  before.child.kill('SIGTERM');
  await before.ended;
  const after = await serving(args, inside);
  const goOn = (who: string): Promise<Response> => ask(after.url, { messages: [{ role: 'user', content: 'And now?' }] }, { ...key(who), 'x-massgen-session': session });
  expect((await goOn('yours')).status).toBe(404);
  const second = await goOn('mine');
  expect([second.headers.get('x-massgen-session'), await answerOf(second)]).toEqual([session, '<And now?>']);
  const logs = path.join(cwd, '.massgen/massgen_logs');
  expect(readdirSync(logs)).toHaveLength(1);
  for (const turn of ['turn_1', 'turn_2']) expect(existsSync(path.join(logs, readdirSync(logs)[0]!, turn, 'events.jsonl'))).toBe(true);
});
