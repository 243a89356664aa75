import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { completeBackend, usualBackend } from '../../src/compose/agent-backend.js';
import { readAgentFiles, type AgentFiles } from '../../src/compose/agent-files.js';
import { openAgentRegistry } from '../../src/compose/agent-registry.js';
import { folderWith } from '../orchestrator/config/temporary-folder.js';

const AI = '---\nmodels: openai/gpt-5-mini\ntemperature: 0.2\n---\nYou chat.\n';
const AGENT = 'agent:\n  id: solo\n  backend: { type: groq }\ntimeout_settings: { orchestrator_timeout_seconds: 60 }\n';
const TEAM = 'agents:\n  - { id: a, backend: { type: groq } }\n  - { id: b, backend: { type: openai } }\norchestrator: { skip_voting: true }\n';
const POOL = 'agents:\n  fast: { model: openai:gpt-5-nano }\n  slow: { model: openai:gpt-5 }\n  bare: { system_prompt: "You are bare." }\nteams:\n  pair: { mode: parallel, members: [fast, slow] }\n';

async function read(files: Readonly<Record<string, string>>, ...references: readonly string[]): Promise<AgentFiles> {
  const cwd = folderWith({ 'home/x': '', ...files });
  return readAgentFiles(references.length > 0 ? references : Object.keys(files).map((name) => `./${name}`), { cwd, home: path.join(cwd, 'home'), env: {} });
}

const namesOf = ({ agents }: AgentFiles): readonly string[] => agents.map(({ name }) => name);

describe('agent files', () => {
  it('are a model each, named by the file', async () => {
    const files = await read({ 'chat.ai': AI, 'code-review.ai': 'You review.\n', 'solo.yaml': AGENT });
    expect(namesOf(files)).toEqual(['chat', 'code-review', 'solo']);
    expect(files.teams).toEqual([]);
    expect(files.agents[0]?.config).toEqual({ agent: { id: 'chat', backend: { type: 'openai', model: 'gpt-5-mini', temperature: 0.2 }, system_message: 'You chat.' } });
    expect(files.agents[1]?.config).toEqual({ agent: { id: 'code-review', system_message: 'You review.' } });
    expect(files.agents[2]?.config).toMatchObject({ timeout_settings: { orchestrator_timeout_seconds: 60 } });
    expect(files.together).toMatchObject({ agents: [{ id: 'chat' }, { id: 'code-review' }, { id: 'solo' }] });
    expect(new Set(files.agents.map(({ id }) => id)).size).toBe(3);
  });

  it('are one agent together when there is one', async () => {
    expect((await read({ 'chat.ai': AI })).together).toMatchObject({ agent: { id: 'chat' } });
  });

  it('with several agents are their team too', async () => {
    const files = await read({ 'crew.yaml': TEAM });
    expect(namesOf(files)).toEqual(['a', 'b']);
    expect(files.teams).toEqual([expect.objectContaining({ name: 'crew', members: ['a', 'b'], config: expect.objectContaining({ orchestrator: { skip_voting: true } }) })]);
    expect(files.together).toEqual(files.teams[0]?.config);
    expect(files.agents[0]?.config).toEqual({ agent: { id: 'a', backend: { type: 'groq' } } });
  });

  it('of AgentPool are their agents and named teams', async () => {
    const files = await read({ 'pool.yml': POOL });
    expect(namesOf(files)).toEqual(['fast', 'slow', 'bare']);
    expect(files.teams.map(({ name, members }) => ({ name, members }))).toEqual([{ name: 'pair', members: ['fast', 'slow'] }]);
    expect(files.agents[2]?.config).toEqual({ agent: { id: 'bare', system_message: 'You are bare.' } });
  });

  it('of one name get numbers, and a file named twice counts once', async () => {
    const files = await read({ 'chat.ai': AI, 'x/chat.ai': AI, 'y/Chat.ai': AI }, './chat.ai', 'chat.ai', 'x/chat.ai', 'y/Chat.ai');
    expect(namesOf(files)).toEqual(['chat', 'chat-2', 'Chat-3']);
    expect(files.files).toHaveLength(3);
    expect(files.together).toMatchObject({ agents: [{ id: 'chat' }, { id: 'chat-2' }, { id: 'Chat-3' }] });
  });

  it('may be examples, and agents of the registry', async () => {
    const cwd = folderWith({ 'home/x': '' });
    const options = { cwd, home: path.join(cwd, 'home'), env: {} };
    const spawned = await openAgentRegistry(options).spawn({ template: 'coder' });
    const files = await readAgentFiles(['openfang:coder', '@examples/basic_single', spawned.id], options);
    expect(files.agents[0]).toMatchObject({ id: spawned.id, name: 'coder', created: spawned.created });
    expect(files.agents).toHaveLength(2);
    expect(files.warnings).toEqual([]);
  });

  it('change their version with their content', async () => {
    const cwd = folderWith({ 'chat.ai': AI });
    const before = await readAgentFiles(['./chat.ai'], { cwd, env: {} });
    writeFileSync(path.join(cwd, 'chat.ai'), `${AI}More.\n`);
    expect((await readAgentFiles(['./chat.ai'], { cwd, env: {} })).version).not.toBe(before.version);
  });

  it.each<[why: string, files: Readonly<Record<string, string>>, references: readonly string[], code: string, message: string]>([
    ['a file that is not there', {}, ['./none.ai'], 'config-missing', 'there is no configuration "./none.ai"'],
    ['a name that nobody has', {}, ['nobody'], 'config-missing', 'there is no agent "nobody"'],
    ['a template that is no agent yet', {}, ['coder'], 'config-missing', '"massgen spawn coder" makes one'],
    ['a broken file', { 'x.yaml': 'agent: [' }, ['x.yaml'], 'config-invalid', 'x.yaml:1:'],
    ['a broken agent of the registry', { '.massgen/agents/x.yaml': 'agent: [' }, ['x'], 'config-invalid', 'x.yaml:1:'],
    ['a provider that is unknown', { 'x.ai': '---\nmodels: nobody/x\n---\n' }, ['x.ai'], 'config-invalid', 'no backend here for the provider "nobody"'],
  ])('refuses %s', async (_why, files, references, code, message) => {
    await expect(read(files, ...references)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('an agent without a backend', () => {
  const bare = { agent: { id: 'bare', system_message: 'You are bare.' } };

  it('takes that of the first agent of the configuration, its variables unread', async () => {
    const from = { agents: [{ id: 'a', backend: { type: 'groq', api_key: '${MY_KEY}' } }, { id: 'b', backend: { type: 'openai' } }] };
    expect(usualBackend(from)).toEqual({ type: 'groq', api_key: '${MY_KEY}' });
    expect(await completeBackend(bare, { env: { OPENAI_API_KEY: 'k' }, from })).toEqual({ agent: { ...bare.agent, backend: { type: 'groq', api_key: '${MY_KEY}' } } });
  });

  it('takes the first key in the environment else', async () => {
    expect(await completeBackend(bare, { env: { OPENAI_API_KEY: 'k', GROQ_API_KEY: '' } })).toMatchObject({ agent: { backend: { type: 'openai', model: expect.any(String) } } });
  });

  it('keeps what it says itself', async () => {
    const own = { agents: [{ id: 'a', backend: { temperature: 0.1 } }, { id: 'b', backend: { type: 'groq' } }] };
    expect(await completeBackend(own, { env: {}, from: { agent: { backend: { type: 'openai', temperature: 1, model: 'm' } } } })).toEqual({ agents: [{ id: 'a', backend: { type: 'openai', model: 'm', temperature: 0.1 } }, { id: 'b', backend: { type: 'groq' } }] });
  });

  it('cannot be called where there is nothing', async () => {
    await expect(completeBackend(bare, { env: {} })).rejects.toMatchObject({ code: 'key-missing', message: expect.stringContaining('bare names no backend') });
  });
});
