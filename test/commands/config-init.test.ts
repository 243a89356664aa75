import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, type Setting } from '../support/massgen-process.js';

afterAll(cleanUp);

const init = (args: readonly string[], setting: Setting = {}) => massgen(['config', 'init', ...args], setting);
const again = (cwd: string, args: readonly string[]) => massgen(args, { through: `cd '${cwd}' && "$@"` });

describe('massgen config init', () => {
  it.concurrent('writes a commented configuration that is valid and that a run finds', async () => {
    const { code, stdout, stderr, cwd } = await init(['--yes']);
    const file = path.join(cwd, '.massgen/config.yaml');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `massgen: wrote ${file}; try: massgen run "Your question"\n` });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# 3 agents that answer the same question/);
    expect(text).toContain('# Needs: OPENAI_API_KEY, in the environment or in .env.');
    expect(text).toMatch(/^# yaml-language-server: \$schema=.*massgen\.schema\.json$/m);
    const schema = /\$schema=(\S+)$/m.exec(text)?.[1] ?? '';
    expect(JSON.parse(readFileSync(path.resolve(path.dirname(file), schema), 'utf8'))).toHaveProperty('properties.agents');
    const check = /Check: massgen (config validate \S+)$/m.exec(text)?.[1]?.split(' ') ?? [];
    expect(await again(cwd, [...check, '--strict'])).toMatchObject({ code: 0, stdout: '.massgen/config.yaml: valid\n' });
    expect((await again(cwd, ['config', 'show', '--json'])).stdout).toContain('"chosen": "project"');
  });

  it.concurrent('asks nothing without a terminal, and takes the providers whose key is set', async () => {
    const { code, cwd } = await init([], { env: { GROQ_API_KEY: 'x' }, files: { '.env': 'CEREBRAS_API_KEY=y\n' } });
    expect(code).toBe(0);
    expect(readFileSync(path.join(cwd, '.massgen/config.yaml'), 'utf8').match(/type: \w+/g)).toEqual(['type: cerebras', 'type: groq', 'type: cerebras']);
  });

  it.concurrent('writes what flags say', async () => {
    const { code, stderr, cwd } = await init(['conf/team.yaml', '--backend', 'groq', '--backend', 'ollama', '--model', 'a', '--model', 'llama3', '--agents', '2', '--max-cost', '0.5', '--sensitivity', 'strict', '--timeout', '90']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('try: massgen run --config conf/team.yaml "Your question"') });
    const shown = JSON.parse((await again(cwd, ['config', 'show', 'conf/team.yaml', '--json'])).stdout) as { readonly values: readonly { readonly path: string; readonly value: unknown; readonly origin: string }[] };
    const written = Object.fromEntries(shown.values.filter(({ origin }) => origin === 'file').map(({ path: where, value }) => [where, value]));
    expect(written).toEqual({
      'agents[0].id': 'agent_a',
      'agents[0].backend.type': 'groq',
      'agents[0].backend.model': 'a',
      'agents[1].id': 'agent_b',
      'agents[1].backend.type': 'ollama',
      'agents[1].backend.model': 'llama3',
      'orchestrator.voting_sensitivity': 'strict',
      'orchestrator.max_new_answers_per_agent': 3,
      'orchestrator.budget.max_cost_usd': 0.5,
      'timeout_settings.orchestrator_timeout_seconds': 90,
    });
  });

  it.concurrent('takes the backend whose model it is, and any server at an address', async () => {
    const { code, cwd } = await init(['a.yaml', '--model', 'claude-opus-4-5', '--model', 'gpt-5-mini', '--agents', '2']);
    expect({ code, text: readFileSync(path.join(cwd, 'a.yaml'), 'utf8') }).toEqual({ code: 0, text: expect.stringMatching(/type: claude\n +model: "claude-opus-4-5"[^]*type: openai\n +model: "gpt-5-mini"/) });
    expect((await again(cwd, ['config', 'init', 'b.yaml', '--base-url', 'http://localhost:9/v1', '--model', 'mine'])).code).toBe(0);
    expect(readFileSync(path.join(cwd, 'b.yaml'), 'utf8')).toMatch(/type: chatcompletion\n +model: "mine"\n +base_url: "http:\/\/localhost:9\/v1"/);
    expect(await again(cwd, ['config', 'init', 'c.yaml', '--model', 'mine'])).toMatchObject({ code: 1, stderr: expect.stringContaining('it is not clear whose model "mine" is; add --backend') });
  });

  it.concurrent.each(['team.toml', 'team.ai', 'team.json'])('does not write YAML into %s', async (name) => {
    const { code, stderr, cwd } = await init([name]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `massgen: a configuration is written as YAML, which "${name}" does not say; end the name in .yaml\n` });
    expect(existsSync(path.join(cwd, name))).toBe(false);
  });

  it.concurrent('never replaces a file unasked', async () => {
    const { code, stderr, cwd } = await init(['mine.yaml'], { files: { 'mine.yaml': 'mine' } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: `massgen: ${path.join(cwd, 'mine.yaml')} exists and is left as it is; "massgen config init --force" replaces it\n` });
    expect(readFileSync(path.join(cwd, 'mine.yaml'), 'utf8')).toBe('mine');
    expect((await again(cwd, ['config', 'init', 'mine.yaml', '--force'])).code).toBe(0);
    expect(readFileSync(path.join(cwd, 'mine.yaml'), 'utf8')).toContain('agents:');
  });

  it.concurrent('leaves an address to the environment where the vendor gives everybody another', async () => {
    const { code, cwd } = await init(['--backend', 'azure_openai', '--agents', '2']);
    const text = readFileSync(path.join(cwd, '.massgen/config.yaml'), 'utf8');
    expect({ code, needs: /^# Needs: .*$/m.exec(text)?.[0] }).toEqual({ code: 0, needs: '# Needs: AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT, in the environment or in .env.' });
    expect(await again(cwd, ['run', '--dry-run', 'Hi'])).toMatchObject({ code: 1, stderr: expect.stringContaining('AZURE_OPENAI_ENDPOINT') });
  });

  it.concurrent('says how a file with a space in its name is used', async () => {
    const { stderr, cwd } = await init(['my team.yaml', '--yes']);
    const text = readFileSync(path.join(cwd, 'my team.yaml'), 'utf8');
    const typed = JSON.stringify(path.join(cwd, 'my team.yaml'));
    expect([stderr, text]).toEqual([expect.stringContaining(`massgen run --config ${typed} "Your question"`), expect.stringContaining(`massgen run --config ${typed} "Your question"`)]);
  });

  it.concurrent('writes for the user', async () => {
    const { code, stderr } = await init(['user']);
    const file = /wrote (\S+);/.exec(stderr)?.[1] ?? '';
    expect({ code, file, exists: existsSync(file) }).toEqual({ code: 0, file: expect.stringMatching(/home\/\.config\/massgen\/config\.yaml$/), exists: true });
  });

  it.concurrent.each([
    [['--backend', 'opneai'], 'there is no backend "opneai"; did you mean "openai"?'],
    [['--backend', 'scripted'], 'there is no backend "scripted"'],
    [['--backend', 'openrouter'], 'the backend openrouter has no default model; add --model'],
    [['--backend', 'chatcompletion', '--model', 'm'], 'the backend chatcompletion has no address of its own; add --base-url'],
    [['--backend', 'openai', '--model', 'a', '--model', 'b'], 'there are 2 models for 1 backends'],
    [['--agents', '27'], '27'],
    [['--max-cost', 'free'], 'the cost limit must be more than 0 US dollars, not "free"'],
    [['a-file/x.yaml'], 'massgen: cannot write '],
  ])('refuses %j and writes nothing', async (args, message) => {
    const { code, stderr, cwd } = await init(args, { files: { 'a-file': '' } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
    expect(existsSync(path.join(cwd, '.massgen'))).toBe(false);
  });
});
