import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openAgentRegistry, type AgentRegistry } from '../../src/compose/agent-registry.js';
import { world } from '../support/agent-world.js';

describe('spawning', () => {
  it('takes over what a file says, and nothing of who it was', async () => {
    const { registry, cwd } = world({ 'work/mine.yaml': 'x-agent: { id: a1b2c3d4-e5f6-7890-abcd-ef1234567890, profile: coder }\nagent:\n  id: old\n  backend: { type: openai, model: gpt-5-mini, max_tokens: 99 }\n  system_message: "Costs $${x}."\ntimeout_settings: { orchestrator_timeout_seconds: 60 }\n' });
    const agent = await registry.spawn({ template: './mine.yaml', name: 'new', model: 'gpt-5-nano' });
    expect(agent).toMatchObject({ name: 'new', profile: 'coder', config: { agent: { id: 'new', backend: { type: 'openai', model: 'gpt-5-nano', max_tokens: 99 }, system_message: 'Costs $${x}.' }, timeout_settings: { orchestrator_timeout_seconds: 60 } } });
    expect(agent.id).not.toBe('a1b2c3d4-e5f6-7890-abcd-ef1234567890');
    expect((await registry.spawn({ template: path.join(cwd, 'mine.yaml'), backend: 'groq' })).config).toMatchObject({ agent: { id: 'old', backend: { type: 'groq' } } });
  });

  it('reads OpenFang’s and ai-agent’s files', async () => {
    const { registry } = world({
      'work/agents/custom/my-agent.toml': 'name = "x"\n[model]\nprovider = "groq"\nmodel = "llama-3.3-70b-versatile"\nsystem_prompt = "You help."\n',
      'work/chat.ai': '---\nmodels: openai/gpt-5-mini\n---\nYou chat.\n',
    });
    expect((await registry.spawn({ template: 'agents/custom/my-agent.toml' })).config).toMatchObject({ agent: { id: 'x', backend: { type: 'groq', model: 'llama-3.3-70b-versatile' }, system_message: 'You help.' } });
    expect((await registry.spawn({ template: '@examples/basic_single', name: 'example' })).name).toBe('example');
    expect((await registry.spawn({ template: 'chat.ai' })).config).toMatchObject({ agent: { id: 'chat', backend: { type: 'openai', model: 'gpt-5-mini' } } });
  });

  it.each([
    'You say ${HOME} and $${HOME}.',
    'line one\n  indented\n\n- list: "quoted" # no comment\n',
    '  leading and trailing  ',
    'tab\tand: colon',
    '---',
    'null',
    '\u{1f600} и\u2028x',
    '',
  ])('keeps a system message as it was given: %j', async (systemMessage) => {
    const { registry } = world();
    const agent = await registry.spawn({ name: 'a', systemMessage });
    expect(agent.config).toMatchObject({ agent: { system_message: systemMessage.split('${').join('$${') } });
  });

  it('gives a set of tools alone to an assistant', async () => {
    const { registry } = world();
    expect(await registry.spawn({ profile: 'research' })).toMatchObject({ name: 'research', profile: 'assistant', config: { agent: { tools: 'research' } } });
    expect(await registry.spawn({ template: 'coder', profile: 'minimal', name: 'b' })).toMatchObject({ profile: 'coder', config: { agent: { tools: 'minimal' } } });
    expect((await registry.spawn({ template: 'coder', tools: ['file_read', 'weather__get'], name: 'c' })).config).toMatchObject({ agent: { tools: ['file_read', 'weather__get'] } });
    expect((await registry.find('c'))?.warnings).toEqual([]);
  });

  it.each<[why: string, request: Parameters<AgentRegistry['spawn']>[0], message: string]>([
    ['nothing to be', {}, 'say what the agent is to be'],
    ['a name alone', { name: 'x' }, 'say what the agent is to be'],
    ['a prompt without a name', { systemMessage: 'x' }, 'give the agent a name'],
    ['two templates', { template: 'coder', profile: 'writer' }, 'name one'],
    ['an unknown template', { template: 'codr' }, 'did you mean "coder"?'],
    ['an unknown profile', { profile: 'codng' }, 'did you mean "coding"?'],
    ['a name that is a path', { template: 'coder', name: '../coder' }, 'cannot be the name'],
    ['a reserved name', { template: 'coder', name: 'massgen' }, 'it is reserved'],
    ['an unknown tool', { template: 'coder', tools: ['file_raed'] }, 'did you mean "file_read"?'],
    ['an unknown backend', { template: 'coder', backend: 'opneai' }, 'did you mean "openai"?'],
    ['a backend that needs a model', { template: 'coder', backend: 'openrouter' }, 'needs model'],
    ['a model that could be anyone’s', { template: 'coder', model: 'llama-x' }, 'add --backend'],
    ['a file that is not there', { template: './none.yaml' }, 'there is no configuration "./none.yaml"'],
  ])('refuses %s and leaves nothing behind', async (_why, request, message) => {
    const { registry, cwd } = world();
    await expect(registry.spawn(request)).rejects.toMatchObject({ message: expect.stringContaining(message) });
    expect(readdirSync(cwd)).toEqual(['.keep']);
  });

  it('refuses a second agent of a name, whatever its capitals, and leaves nothing behind', async () => {
    const { registry, project } = world();
    const { file } = await registry.spawn({ template: 'coder' });
    const before = readFileSync(file, 'utf8');
    for (const name of ['coder', 'Coder']) await expect(registry.spawn({ template: 'writer', name })).rejects.toMatchObject({ code: 'usage-invalid', message: expect.stringContaining('there is already an agent') });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(project)).toEqual(['coder.yaml']);
    expect(await registry.spawn({ template: 'writer', name: 'PiratE' })).toMatchObject({ name: 'PiratE', file: path.join(project, 'pirate.yaml') });
    expect(await registry.find('PiratE')).toBeDefined();
  });

  it('gives one name to one of many who want it at once', async () => {
    const { registry, project, cwd, home } = world();
    const wishes = Array.from({ length: 20 }, (_unused, index) => openAgentRegistry({ cwd, home, env: {} }).spawn({ template: 'coder', systemMessage: `number ${String(index)}` }));
    const outcomes = await Promise.allSettled(wishes);
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    expect(await registry.list()).toEqual(won);
    expect(readdirSync(project)).toEqual(['coder.yaml']);
  });

  it('says what stands in the way of writing', async () => {
    const { registry, cwd } = world();
    writeFileSync(path.join(cwd, '.massgen'), 'a file');
    await expect(registry.spawn({ template: 'coder' })).rejects.toMatchObject({ code: 'usage-invalid', message: expect.stringContaining('cannot write') });
  });
});

describe('removing', () => {
  it('also takes away what somebody broke, and says when there is none', async () => {
    const { registry } = world();
    const { file } = await registry.spawn({ template: 'coder' });
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nagents: [`);
    expect(await registry.list()).toEqual([]);
    expect(await registry.remove('coder')).toMatchObject({ name: 'coder', file });
    await expect(registry.remove('coder')).rejects.toMatchObject({ code: 'usage-invalid', message: expect.stringContaining('there is no agent "coder"') });
  });

  it('reaches the user’s behind the project’s', async () => {
    const { registry } = world();
    await registry.spawn({ template: 'coder' });
    await registry.spawn({ template: 'coder', global: true });
    expect(await registry.remove('coder', 'user')).toMatchObject({ scope: 'user' });
    expect((await registry.list()).map(({ name }) => name)).toEqual(['coder']);
  });
});
