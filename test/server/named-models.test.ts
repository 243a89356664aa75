import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, startMassgen, temporaryFolder } from '../support/massgen-process.js';
import { AGREED, looped } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

const agent = (id: string, text = `<${id}: {{task}}>`): object => ({ id, backend: { type: 'scripted', loop: true, script: [{ text }] } });
const idsAt = async ({ get }: TestServer): Promise<readonly string[]> => ((await bodyOf(await get('/v1/models'))).data as { id: string }[]).map(({ id }) => id);
const asked = async ({ chat }: TestServer, model: string): Promise<any> => bodyOf(await chat({ model })); // eslint-disable-line
const crew = (models: object): object => ({ agents: [agent('ann'), agent('bob'), agent('cyd')], serve: { models } });

describe('models that the configuration names', () => {
  it('are a file, an example, or some of its agents as a team', async () => {
    const cwd = temporaryFolder();
    writeFileSync(path.join(cwd, 'team.yaml'), JSON.stringify(crew({ 'gpt-4o': 'other.yaml', demo: '@examples/offline_demo', 'only-bob': ['bob'], duo: ['cyd', 'ann'] })));
    writeFileSync(path.join(cwd, 'other.yaml'), JSON.stringify(looped(AGREED)));
    const server = await serveHere({ cwd, config: 'team.yaml' });
    expect(await idsAt(server)).toEqual(['massgen', 'ann', 'bob', 'cyd', 'gpt-4o', 'demo', 'only-bob', 'duo']);
    for (const id of await idsAt(server)) expect((await server.get(`/v1/models/${id}`)).status).toBe(200);
    const other = await asked(server, 'gpt-4o');
    expect([other.model, other.choices[0].message.content]).toEqual(['gpt-4o', 'The agreed answer.']);
    expect((await asked(server, 'only-bob')).choices[0].message.content).toBe('<bob: Hello!>');
    const duo = await asked(server, 'duo');
    expect(duo.massgen_metadata.agent_mapping).toEqual({ agent1: 'ann', agent2: 'cyd' });
    expect((await asked(server, 'demo')).model).toBe('demo');
  });

  it('keep their names when an agent of the same name is spawned', async () => {
    const server = await serveHere({ config: crew({ quick: ['bob'] }) as never });
    mkdirSync(path.join(server.cwd, '.massgen/agents'), { recursive: true });
    writeFileSync(path.join(server.cwd, '.massgen/agents/quick.yaml'), JSON.stringify({ agent: agent('quick') }));
    expect(await idsAt(server)).toEqual(['massgen', 'ann', 'bob', 'cyd', 'quick-2', 'openfang:quick', 'quick']);
    expect((await asked(server, 'quick')).choices[0].message.content).toBe('<bob: Hello!>');
    expect((await asked(server, 'openfang:quick')).choices[0].message.content).toBe('<quick: Hello!>');
  });

  it('are read again with --reload, the files that they name too', async () => {
    const files = { 'team.yaml': crew({ other: 'other.yaml' }), 'other.yaml': { agent: agent('x', 'old') } };
    const { child, says, cwd } = startMassgen(['serve', 'team.yaml', '--reload', '--host', '127.0.0.1', '--port', '0'], { files });
    let out = '';
    child.stdout?.on('data', (text: string) => (out += text));
    await says('models: massgen, ann, bob, cyd, other;');
    const url = /listening on (\S+)/u.exec(out)?.[1] ?? '';
    const answer = async (): Promise<string> => {
      const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'other', messages: [{ role: 'user', content: 'Hi' }] }) });
      return (await bodyOf(response)).choices[0].message.content as string;
    };
    expect(await answer()).toBe('old');
    writeFileSync(path.join(cwd, 'other.yaml'), JSON.stringify({ agent: agent('x', 'new') }));
    await says('the configuration was read again');
    expect(await answer()).toBe('new');
  });

  it.each<[string, object, string]>([
    ['a file that is not there', { other: 'none.yaml' }, 'serve.models.other: there is no configuration "none.yaml"'],
    ['a file that is broken', { other: 'bad.yaml' }, 'bad.yaml'],
    ['an agent that is not here', { duo: ['ann', 'bop'] }, 'serve.models.duo[1]: there is no agent "bop" here; did you mean "bob"?'],
    ['nobody', { duo: [] }, 'serve.models.duo: is a team of nobody'],
    ['an agent twice', { duo: ['ann', 'ann'] }, 'serve.models.duo[1]: is in the list already'],
    ['a number', { duo: 7 }, 'serve.models.duo: must be a configuration'],
    ['a name that an agent has', { ann: ['bob'] }, 'serve.models.ann: is the id of an agent here'],
    ['a name that means something', { 'massgen/x': ['bob'] }, 'means something already'],
  ])('end the start when they name %s', async (_name, models, says) => {
    const files = { 'team.yaml': crew(models), 'bad.yaml': 'agents: nonsense' };
    const { code, stderr } = await massgen(['serve', 'team.yaml', '--port', '0', '--host', '127.0.0.1'], { files });
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
  });
});
