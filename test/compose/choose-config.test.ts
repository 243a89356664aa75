import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chooseConfig, type ConfigChoice } from '../../src/compose/choose-config.js';
import type { ChosenConfig } from '../../src/compose/chosen-config.js';
import { cleanUp, temporaryFolder } from '../support/massgen-process.js';
import { saying } from '../support/scripts.js';

let cwd: string;
let home: string;
beforeEach(() => {
  [cwd, home] = [temporaryFolder(), temporaryFolder()];
});
afterEach(cleanUp);

function put(file: string, content: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}

const choose = (choice: ConfigChoice, env: Readonly<Record<string, string>> = {}): Promise<ChosenConfig> => chooseConfig(choice, env, { cwd, home });
const backendsOf = ({ config }: ChosenConfig): readonly string[] => (config.agents ?? []).map(({ backend }) => `${backend.type} ${String(backend.model)}`);

describe('the configuration of a run', () => {
  it('is the file that is named, whatever else there is', async () => {
    put(path.join(cwd, 'team.yaml'), saying('named'));
    put(path.join(cwd, '.massgen/config.yaml'), saying('found'));
    const { source, given, notes } = await choose({ config: 'team.yaml' }, { OPENAI_API_KEY: 'sk-1' });
    expect({ source, given, notes }).toEqual({ source: 'team.yaml', given: saying('named'), notes: [] });
  });

  it('is the object that is given, checked like a file', async () => {
    expect(await choose({ config: { ...saying('hi'), orchestrater: {} } })).toMatchObject({ source: 'object', warnings: ['orchestrater: unknown key "orchestrater"; did you mean "orchestrator"?'] });
    await expect(choose({ config: { agents: [] } })).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('the list is empty') });
  });

  it('comes from flags before a file that is found', async () => {
    put(path.join(cwd, '.massgen/config.yaml'), saying('found'));
    const chosen = await choose({ backend: 'groq', model: 'm', agents: 2 }, { GROQ_API_KEY: 'g' });
    expect(backendsOf(chosen)).toEqual(['groq m', 'groq m']);
    expect(chosen.source).toBe('backend:groq');
  });

  it('takes an address without a backend for an OpenAI-compatible one', async () => {
    expect(backendsOf(await choose({ baseUrl: 'http://127.0.0.1:1/v1', model: 'm' }))).toEqual(['chatcompletion m']);
  });

  it('is the project’s before the user’s', async () => {
    put(path.join(home, '.config/massgen/config.yaml'), saying('user'));
    expect((await choose({})).given).toEqual(saying('user'));
    put(path.join(cwd, '.massgen/config.yaml'), saying('project'));
    expect((await choose({})).given).toEqual(saying('project'));
  });

  it('is a team of the providers whose keys are set, in turn', async () => {
    const chosen = await choose({ agents: 3 }, { OPENAI_API_KEY: 'sk-1', GROQ_API_KEY: 'g', VLLM_API_KEY: 'local', ANTHROPIC_API_KEY: 'a' });
    expect(backendsOf(chosen).map((each) => each.split(' ')[0])).toEqual(['openai', 'claude', 'groq']);
    expect(chosen).toMatchObject({ source: 'environment', notes: [expect.stringContaining('(openai, claude, groq)')] });
  });

  it('does not count a key that is empty', async () => {
    expect((await choose({}, { OPENAI_API_KEY: '', GROQ_API_KEY: 'g' })).notes).toEqual([expect.stringContaining('(groq)')]);
  });
});

describe('a choice is refused', () => {
  it.each<[name: string, choice: ConfigChoice, code: string, message: string]>([
    ['of a configuration and flags', { config: 'x', model: 'm' }, 'usage-invalid', 'a configuration already names its agents'],
    ['of a configuration and a number of agents', { config: 'x', agents: 2 }, 'usage-invalid', 'leave out --backend, --model, --base-url and --agents'],
    ['of a model that is nobody’s', { model: 'm' }, 'usage-invalid', 'whose model "m" is'],
    ['of an unknown backend, once for all agents', { backend: 'opneai', agents: 3 }, 'config-invalid', 'agents[0].backend.type: unknown backend "opneai"; did you mean "openai"?'],
    ['of a hundred and one agents', { backend: 'openai', agents: 101 }, 'usage-invalid', 'a team has 1 to 100 agents, not 101'],
    ['of a file that is not there', { config: 'x.yaml' }, 'config-missing', 'there is no configuration "x.yaml"'],
  ])('%s', async (_name, choice, code, message) => {
    const refused = choose(choice);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining('\n') });
  });
});
