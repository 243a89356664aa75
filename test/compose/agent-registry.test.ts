import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openAgentRegistry, type AgentRegistry } from '../../src/compose/agent-registry.js';
import { agentFile, world } from '../support/agent-world.js';

const namesOf = async (registry: AgentRegistry): Promise<readonly string[]> => (await registry.list()).map(({ name }) => name);

describe('the registry of agents', () => {
  it('is empty where there is no folder, and sees what is spawned from then on', async () => {
    const { registry, project, user } = world();
    expect(await registry.list()).toEqual([]);
    const coder = await registry.spawn({ template: 'coder' });
    expect(coder).toMatchObject({ name: 'coder', profile: 'coder', scope: 'project', file: path.join(project, 'coder.yaml'), config: { agent: { id: 'coder', tools: 'coding' } } });
    expect(coder.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    expect(Math.abs(coder.created - Date.now() / 1000)).toBeLessThan(60);
    await registry.spawn({ profile: 'researcher', name: 'scout', global: true });
    expect(await namesOf(registry)).toEqual(['coder', 'scout']);
    expect(readdirSync(user)).toEqual(['scout.yaml']);
  });

  it('finds by name, by id, and behind the names of programs', async () => {
    const { registry } = world();
    const { id } = await registry.spawn({ template: 'coder' });
    for (const reference of ['coder', 'massgen:coder', 'openfang:coder', 'agentpool:coder', id, id.toUpperCase(), `openfang:${id}`]) expect(await registry.find(reference)).toMatchObject({ id });
    for (const reference of ['Coder', 'nobody', 'openfang:', '', '../coder', 'coder.yaml', 'a1b2c3d4-e5f6-7890-abcd-ef1234567890']) expect(await registry.find(reference)).toBeUndefined();
  });

  it('is the same for another process, and after a restart', async () => {
    const { registry, cwd, home } = world();
    const spawned = await registry.spawn({ template: 'coder' });
    const other = openAgentRegistry({ cwd, home, env: {} });
    expect(await other.list()).toEqual([spawned]);
    await other.remove('openfang:coder');
    expect(await registry.list()).toEqual([]);
    expect(await registry.find(spawned.id)).toBeUndefined();
    expect(await openAgentRegistry({ cwd, home, env: {} }).list()).toEqual([]);
  });

  it('sees each change of a file at once, and gives it another version', async () => {
    const { registry, project } = world({ 'work/.massgen/agents/a.yaml': agentFile('a') });
    const before = await registry.find('a');
    writeFileSync(path.join(project, 'a.yaml'), agentFile('a', '  backend: { type: groq }\n'));
    const after = await registry.find('a');
    expect(after?.config).toMatchObject({ agent: { backend: { type: 'groq' } } });
    expect(after?.version).not.toBe(before?.version);
    expect((await registry.find('a'))?.version).toBe(after?.version);
  });

  it('sees files that come while the folder’s time stands still', async () => {
    const { registry, project } = world({ 'work/.massgen/agents/a.yaml': agentFile('a') });
    expect(await namesOf(registry)).toEqual(['a']);
    writeFileSync(path.join(project, 'b.yaml'), agentFile('b'));
    const now = new Date();
    utimesSync(project, now, now);
    expect((await namesOf(registry)).length).toBe(2);
    writeFileSync(path.join(project, 'c.yaml'), agentFile('c'));
    utimesSync(project, now, now);
    expect((await namesOf(registry)).length).toBe(3);
  });

  it('reads a folder that rests only once', async () => {
    const { registry, project } = world({ 'work/.massgen/agents/a.yaml': agentFile('a') });
    const old = new Date(Date.now() - 60_000);
    utimesSync(project, old, old);
    const [first] = await registry.list();
    const [second] = await registry.list();
    expect(second).toBe(first);
  });

  it('lists by creation, whatever the names', async () => {
    const { registry } = world();
    for (const name of ['zulu', 'alpha', 'mike']) await registry.spawn({ template: 'writer', name });
    expect(await namesOf(registry)).toEqual(['zulu', 'alpha', 'mike']);
  });

  it('takes files that somebody else put there, in every language', async () => {
    const { registry } = world({
      'work/.massgen/agents/chat.ai': '---\nmodels: openai/gpt-5-mini\n---\nYou chat.\n',
      'work/.massgen/agents/bare.ai': 'You are bare.\n',
      'work/.massgen/agents/fang.toml': 'name = "fang"\n[model]\nprovider = "default"\nmodel = "default"\nsystem_prompt = "You bite."\n',
      'work/.massgen/agents/mine.yaml': agentFile('mine'),
      'work/.massgen/agents/notes.md': 'no agent',
    });
    const agents = await registry.list();
    expect(agents.map(({ name }) => name).sort()).toEqual(['bare', 'chat', 'fang', 'mine']);
    expect(Object.fromEntries(agents.map(({ name, config }) => [name, config['agent']]))).toEqual({
      chat: { id: 'chat', backend: { type: 'openai', model: 'gpt-5-mini' }, system_message: 'You chat.' },
      bare: { id: 'bare', system_message: 'You are bare.' },
      fang: { id: 'fang', system_message: 'You bite.' },
      mine: { id: 'mine', system_message: 'I am mine.' },
    });
    const ids = agents.map(({ id }) => id);
    expect((await registry.list()).map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
    await expect(registry.remove('mine')).rejects.toMatchObject({ code: 'usage-invalid', message: expect.stringContaining('was not made by "massgen spawn"') });
    await expect(registry.spawn({ template: 'coder', name: 'chat' })).rejects.toMatchObject({ message: expect.stringContaining('already an agent "chat"') });
  });

  it('lets one broken file hide no other, and names it', async () => {
    const { registry } = world({
      'work/.massgen/agents/bad.yaml': 'agent: [\n',
      'work/.massgen/agents/wrong.yaml': 'agent:\n  id: wrong\n  backend: { type: opneai }\n',
      'work/.massgen/agents/team.yaml': 'agents:\n  - { id: a, backend: { type: openai } }\n  - { id: b, backend: { type: openai } }\n',
      'work/.massgen/agents/massgen.yaml': agentFile('massgen'),
      'work/.massgen/agents/good.yaml': agentFile('good'),
      'home/.config/massgen/agents/bad.yaml': agentFile('bad'),
      'home/.config/massgen/agents/team.yaml': 'agents:\n  - { id: a, backend: { type: openai } }\n',
    });
    expect(await namesOf(registry)).toEqual(['good']);
    expect(await registry.find('bad')).toBeUndefined();
    const broken = Object.fromEntries((await registry.broken()).map(({ name, problem }) => [name, problem]));
    expect(Object.keys(broken)).toEqual(['bad', 'massgen', 'team', 'wrong']);
    expect(broken['wrong']).toContain('wrong.yaml:3:20 agent.backend.type: unknown backend "opneai"');
    expect(broken['team']).toContain('lists a team');
    expect(broken['massgen']).toContain('it is reserved');
  });

  it('lists an agent whose key is not set', async () => {
    const { registry } = world({ 'work/.massgen/agents/a.yaml': agentFile('a', '  backend: { type: groq, api_key: "${MY_GROQ_KEY}" }\n') });
    expect(await namesOf(registry)).toEqual(['a']);
    expect(await registry.broken()).toEqual([]);
  });

  it('has the project’s agent before the user’s of the same name', async () => {
    const { registry } = world();
    const user = await registry.spawn({ template: 'coder', global: true });
    const project = await registry.spawn({ template: 'coder' });
    expect(await registry.list()).toEqual([project]);
    expect(await registry.all()).toEqual([{ ...user, hidden: true }, project]);
    expect(await registry.find('coder')).toEqual(project);
    expect(await registry.find(user.id)).toEqual(user);
    expect(await registry.remove('coder')).toMatchObject({ scope: 'project' });
    expect(await registry.find('coder')).toEqual(user);
  });

  it('takes a copy for another agent, and a file renamed with its id for the same one', async () => {
    const { registry, project } = world();
    const coder = await registry.spawn({ template: 'coder' });
    copyFileSync(coder.file, path.join(project, 'other.yaml'));
    const other = await registry.find('other');
    expect(other).toMatchObject({ name: 'other', config: { agent: { id: 'other' } } });
    expect(other?.id).not.toBe(coder.id);
    rmSync(path.join(project, 'other.yaml'));
    writeFileSync(coder.file, readFileSync(coder.file, 'utf8').replace('id: coder', 'id: renamed'));
    renameSync(coder.file, path.join(project, 'renamed.yaml'));
    expect(await registry.find(coder.id)).toMatchObject({ name: 'renamed', created: coder.created });
  });

  it('looks where configurations are looked for: in parents up to the repository', async () => {
    const { home, cwd } = world();
    const inside = path.join(cwd, 'a/b');
    mkdirSync(path.join(cwd, '.git'));
    mkdirSync(inside, { recursive: true });
    const [top, below] = [cwd, inside].map((folder) => openAgentRegistry({ cwd: folder, home, env: {} })) as [AgentRegistry, AgentRegistry];
    await top.spawn({ template: 'coder' });
    expect(await namesOf(below)).toEqual(['coder']);
    expect((await below.spawn({ template: 'writer' })).file).toBe(path.join(cwd, '.massgen/agents/writer.yaml'));
    expect(await namesOf(top)).toEqual(['coder', 'writer']);
  });

  it('does not look outside a repository that there is not', async () => {
    const { home, cwd, registry } = world();
    await registry.spawn({ template: 'coder' });
    mkdirSync(path.join(cwd, 'inner'));
    expect(await openAgentRegistry({ cwd: path.join(cwd, 'inner'), home, env: {} }).list()).toEqual([]);
  });
});
