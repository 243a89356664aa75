import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

const yaml = (config: object): string => JSON.stringify(config);
function folderWith(files: Readonly<Record<string, object | string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : yaml(content));
  }
  return folder;
}

const TEAM = looped(AGREED);
const agent = (id?: string): object => ({ agent: { ...(id === undefined ? {} : { id }), backend: { type: 'scripted', loop: true, script: [{ text: `<${id ?? 'x'}: {{task}}>` }] } } });
const idsAt = async ({ get }: TestServer): Promise<readonly string[]> => ((await bodyOf(await get('/v1/models'))).data as { id: string }[]).map(({ id }) => id);
const said = async ({ chat }: TestServer, model: string): Promise<readonly [string, string]> => {
  const body = await bodyOf(await chat({ model }));
  return [body.model, body.choices?.[0].message.content ?? body.error.code];
};

describe('the models', () => {
  it('are the default team, agents, spawned agents twice, teams and named configurations, each once', async () => {
    const cwd = folderWith({
      'team.yaml': TEAM,
      'crew.yaml': { agents: [(agent('ann') as { agent: object }).agent, (agent('one') as { agent: object }).agent] },
      '.massgen/agents/coder.yaml': agent('coder'),
      '.massgen/agents/two.yaml': agent('two'),
    });
    const home = folderWith({ '.config/massgen/agents/quick.yaml': TEAM });
    const server = await serveHere({ cwd, home, config: 'team.yaml', agents: ['crew.yaml'] });
    const ids = await idsAt(server);
    expect(ids).toEqual(['massgen', 'one', 'two', 'ann', 'one-2', 'coder', 'two-2', 'openfang:coder', 'openfang:two', 'crew', 'quick']);
    for (const id of ids) {
      expect((await server.get(`/v1/models/${encodeURIComponent(id)}`)).status).toBe(200);
      expect((await server.chat({ model: id })).status).not.toBe(404);
    }
    expect((await said(server, 'openfang:two'))[1]).toBe('<two: Hello!>');
    expect((await said(server, 'two-2'))[1]).toBe('<two: Hello!>');
    expect((await said(server, 'quick'))).toEqual(['quick', 'The agreed answer.']);
  });

  it('are made at a time that stays', async () => {
    const cwd = folderWith({ 'team.yaml': TEAM, '.massgen/agents/coder.yaml': agent('coder') });
    const server = await serveHere({ cwd, config: 'team.yaml' });
    const first = await bodyOf(await server.get('/v1/models'));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await bodyOf(await server.get('/v1/models'))).toEqual(first);
    expect((first.data as { created: number }[]).every(({ created }) => created > 1_600_000_000)).toBe(true);
  });

  it('answer for any other name by the default team, else by the oldest agent', async () => {
    expect(await said(await serveHere({ config: TEAM }), 'gpt-4o')).toEqual(['massgen', 'The agreed answer.']);
    const cwd = folderWith({ '.massgen/agents/old.yaml': agent('old'), '.massgen/agents/anew.yaml': agent('anew') });
    const server = await serveHere({ cwd });
    const [first] = await idsAt(server);
    expect(await said(server, 'gpt-4o')).toEqual([first, `<${first!}: Hello!>`]);
    expect(await said(server, 'openfang:nobody')).toEqual([undefined, 'model_not_found']);
  });

  it('go with their files: a changed agent answers anew, a removed one is gone', async () => {
    const cwd = folderWith({ 'team.yaml': TEAM, '.massgen/agents/coder.yaml': agent('coder') });
    const server = await serveHere({ cwd, config: 'team.yaml' });
    expect((await said(server, 'coder'))[1]).toBe('<coder: Hello!>');
    writeFileSync(path.join(cwd, '.massgen/agents/coder.yaml'), yaml(agent('coder')).replace('<coder:', '<better coder:'));
    expect((await said(server, 'coder'))[1]).toBe('<better coder: Hello!>');
    rmSync(path.join(cwd, '.massgen/agents/coder.yaml'));
    expect(await idsAt(server)).toEqual(['massgen', 'one', 'two']);
    expect((await said(server, 'openfang:coder'))[1]).toBe('model_not_found');
  });

  it('without a backend take that of the default team', async () => {
    const cwd = folderWith({ 'team.yaml': looped(ECHO), '.massgen/agents/coder.yaml': 'system_message: You write code.\n', '.massgen/agents/writer.yaml': { agent: { id: 'writer', system_message: 'You write.' } } });
    const server = await serveHere({ cwd, config: 'team.yaml' });
    expect(await said(server, 'writer')).toEqual(['writer', '<Hello!>']);
  });
});

describe('massgen/NAME', () => {
  it('is an example', async () => {
    const server = await serveHere();
    const body = await bodyOf(await server.chat({ model: 'massgen/offline_demo' }));
    expect(body).toMatchObject({ model: 'massgen/offline_demo', id: expect.stringMatching(/^chatcmpl-req_/), massgen_metadata: { config_used: '@examples/offline_demo' } });
    expect(await said(server, 'massgen/no_such_example')).toEqual([undefined, 'model_not_found']);
    expect(await said(server, 'massgen/../../../etc/passwd')).toEqual([undefined, 'model_not_found']);
  });

  it('is found by its name, as every name that a request may give', async () => {
    const cwd = folderWith({ 'team.yaml': TEAM, '.massgen/agents/coder.yaml': agent('coder') });
    const { get } = await serveHere({ cwd, config: 'team.yaml' });
    const found = async (id: string): Promise<string | number> => {
      const response = await get(`/v1/models/${id}`);
      return response.status === 200 ? String((await bodyOf(response)).id) : response.status;
    };
    // basic_multi needs a key that is not here: it is there all the same.
    for (const id of ['massgen/offline_demo', 'massgen/basic_multi', 'massgen:one', 'agentpool:coder', `massgen/path:${cwd}/team.yaml`]) {
      expect(await found(id)).toBe(id);
      expect(await found(encodeURIComponent(id))).toBe(id);
    }
    for (const id of ['massgen/no_such_example', 'openfang:nobody', 'massgen/path:none.yaml', 'gpt-4o']) expect(await found(id)).toBe(404);
  });
});

describe('massgen/path:FILE', () => {
  const asking = async ({ chat }: TestServer, file: string, headers: Record<string, string> = {}): Promise<readonly [number, string]> => {
    const response = await chat({ model: `massgen/path:${file}` }, { headers });
    const body = await bodyOf(response);
    return [response.status, body.choices?.[0].message.content ?? body.error.message];
  };
  const STRANGER = { 'x-forwarded-for': '203.0.113.9' };

  it('is any file for whoever is on this machine, or has a key', async () => {
    const elsewhere = folderWith({ 'team.yaml': TEAM });
    const file = path.join(elsewhere, 'team.yaml');
    expect(await asking(await serveHere(), file)).toEqual([200, 'The agreed answer.']);
    expect(await asking(await serveHere({ apiKey: 'k' }), file, { ...STRANGER, authorization: 'Bearer k' })).toEqual([200, 'The agreed answer.']);
  });

  it('is a file of the allowed folders for anybody else', async () => {
    const cwd = folderWith({ 'config/team.yaml': TEAM, 'config/beside.yaml': TEAM, '.massgen/own.yaml': TEAM, 'other/secret.yaml': TEAM });
    const allowed = folderWith({ 'sub/team.yaml': TEAM });
    const home = folderWith({ '.config/massgen/mine.yaml': TEAM });
    const server = await serveHere({ cwd, home, config: 'config/team.yaml', allowPaths: [allowed] });
    for (const file of ['config/beside.yaml', '.massgen/own.yaml', path.join(home, '.config/massgen/mine.yaml'), path.join(allowed, 'sub/team.yaml')]) expect(await asking(server, file, STRANGER)).toEqual([200, 'The agreed answer.']);
    symlinkSync(path.join(cwd, 'other/secret.yaml'), path.join(allowed, 'link.yaml'));
    const outside = ['other/secret.yaml', 'config/../other/secret.yaml', path.join(allowed, 'link.yaml'), path.join(allowed, '../x.yaml'), 'none.yaml', '/etc/passwd', path.join(allowed, 'nothing.yaml')];
    for (const file of outside) expect(await asking(server, file, STRANGER)).toEqual([404, expect.stringContaining('start the server with --allow-path DIR')]);
  });

  it('that is no configuration is as one that is not there: nothing of it is said', async () => {
    const cwd = folderWith({ 'notes.txt': 'my-secret-note: "unterminated', 'team.yaml': { agents: [{ id: 'a', backend: { type: 'secret-type' } }] } });
    const server = await serveHere({ cwd });
    const replies = await Promise.all(['notes.txt', 'team.yaml', 'none.yaml', '/etc/passwd', '.', '/dev/zero', 'a\0b'].map((file) => asking(server, file)));
    for (const [status, message] of replies) {
      expect(status).toBe(404);
      expect(message).toMatch(/^No agent found for model 'massgen\/path:[^']*'$/);
    }
  });

  it('is nothing that the server has written: an answer may be worded as a configuration', async () => {
    const cwd = folderWith({ 'echo.yaml': looped({ agent: { id: 'solo', backend: { type: 'scripted', script: [{ text: '{{task}}' }] } } }) });
    const server = await serveHere({ cwd, config: 'echo.yaml', env: { SECRET: 'of-the-server' } });
    const evil = yaml(looped({ agent: { id: 'solo', backend: { type: 'scripted', script: [{ text: 'I know: ${SECRET}' }] } } }));
    const body = await bodyOf(await server.chat({ messages: [{ role: 'user', content: evil }] }));
    const written = `${String(body.massgen_metadata.final_answer_path)}/solo/answer.txt`;
    expect(readFileSync(path.join(cwd, written), 'utf8')).toBe(evil);
    for (const headers of [STRANGER, {}]) expect(await asking(server, written, headers)).toEqual([404, expect.stringContaining('No agent found')]);
  });

  it('is read anew when it has changed', async () => {
    const cwd = folderWith({ 'team.yaml': TEAM });
    const server = await serveHere({ cwd });
    await asking(server, 'team.yaml');
    writeFileSync(path.join(cwd, 'team.yaml'), yaml(looped(ECHO)));
    expect(await asking(server, 'team.yaml')).toEqual([200, '<Hello!>']);
  });
});
