import { afterAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { cleanUp, massgen } from '../support/massgen-process.js';

afterAll(cleanUp);

const good = 'agents:\n  - id: a\n    backend: { type: openai }\n';
const files = {
  'good.yaml': good,
  'odd.yaml': `${good}quux: 1\n`,
  'bad.yaml': 'agents:\n  - id: a\n    backend: { type: opneai, temperature: hot }\n',
  'tab.yaml': 'agents:\n\t- id: a\n',
  'pool.yml': 'agents:\n  fast: { model: "openai:gpt-4o-mini", retries: 2 }\n',
  'agent.toml': 'name = "x"\n[model]\nprovider = "groq"\nmodel = "m"\n',
  'chat.ai': '---\nmodels: openai/gpt-4o\n---\nHi\n',
};

const validate = (...args: readonly string[]) => massgen(['config', 'validate', ...args], { files });

describe('massgen config validate', () => {
  it.concurrent('says that a good file is valid', async () => {
    expect(await validate('good.yaml')).toMatchObject({ code: 0, stdout: 'good.yaml: valid\n', stderr: '' });
  });

  it.concurrent('names what is odd and still exits with 0', async () => {
    const { code, stdout } = await validate('odd.yaml');
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: ['warning: odd.yaml:4:1 quux: unknown key "quux"; it has no effect; begin its name with "x-" if it only holds anchors', 'odd.yaml: valid, 1 warning', ''],
    });
  });

  it.concurrent('takes warnings for errors with --strict', async () => {
    const { code, stdout } = await validate('odd.yaml', '--strict');
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('odd.yaml: not valid, 1 error\n') });
    expect((await validate('good.yaml', '--strict')).code).toBe(0);
  });

  it.concurrent('names every error with its line, quoted, and a caret below', async () => {
    const { code, stdout } = await validate('bad.yaml');
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 1,
      lines: [
        'error: bad.yaml:3:22 agents[0].backend.type: unknown backend "opneai"; did you mean "openai"?',
        '  3 |     backend: { type: opneai, temperature: hot }',
        '                           ^',
        'error: bad.yaml:3:43 agents[0].backend.temperature: must be a number, not the text "hot"',
        '  3 |     backend: { type: opneai, temperature: hot }',
        '                                                ^',
        'bad.yaml: not valid, 2 errors',
        '',
      ],
    });
  });

  it.concurrent('does so for what is not YAML', async () => {
    const { code, stdout } = await validate('tab.yaml');
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'error: tab.yaml:2:1 a tab is used for indentation; indent with spaces\n  2 |  - id: a\n      ^\ntab.yaml: not valid, 1 error\n' });
  });

  it.concurrent('reports one file as an object with --json', async () => {
    const { code, stdout, stderr, cwd } = await validate('--json', 'bad.yaml');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      file: path.join(cwd, 'bad.yaml'),
      valid: false,
      error_count: 2,
      warning_count: 0,
      errors: [
        { message: 'unknown backend "opneai"', location: 'agents[0].backend.type', suggestion: 'did you mean "openai"?', line: 3, column: 22 },
        { message: 'must be a number, not the text "hot"', location: 'agents[0].backend.temperature', suggestion: null, line: 3, column: 43 },
      ],
      warnings: [],
    });
  });

  it.concurrent('reports several files as a list, each whatever is wrong with the others', async () => {
    const { code, stdout } = await validate('good.yaml', 'nowhere.yaml', 'odd.yaml', 'bad.yaml', '--json');
    expect(code).toBe(1);
    const reports = JSON.parse(stdout) as readonly { readonly valid: boolean; readonly errors: readonly { readonly message: string; readonly location: string }[] }[];
    expect(reports.map(({ valid }) => valid)).toEqual([true, false, true, false]);
    expect(reports[1]?.errors).toEqual([expect.objectContaining({ location: 'file', message: expect.stringContaining('there is no configuration "nowhere.yaml"') })]);
  });

  it.concurrent('reads the files of other programs', async () => {
    const { code, stdout } = await validate('pool.yml', 'agent.toml', 'chat.ai');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'warning: pool.yml:2:40 agents.fast.retries: has no counterpart here and is left out\npool.yml: valid, 1 warning\nagent.toml: valid\nchat.ai: valid\n' });
  });

  it.concurrent('takes names of examples, and needs at least one file', async () => {
    expect((await validate('@examples/scripted_ci')).code).toBe(0);
    expect(await validate()).toMatchObject({ code: 1, stderr: expect.stringContaining('Missing 1 required arg') });
  });

  it.concurrent('reads variables from .env and never shows what they hold', async () => {
    const text = 'agent:\n  id: a\n  backend: { type: openai, api_key: "${MY_KEY}", temperature: "${MY_KEY}" }\n';
    const { code, stdout } = await massgen(['config', 'validate', 'x.yaml'], { files: { 'x.yaml': text, '.env': 'MY_KEY=sk-very-secret-value\n' } });
    expect(code).toBe(1);
    expect(stdout).toContain('must be a number, not the text "${MY_KEY}"');
    expect(stdout).not.toContain('very-secret');
  });

  it.concurrent('lets no control characters of a file through to the terminal', async () => {
    const { stdout } = await massgen(['config', 'validate', 'x.yaml'], { files: { 'x.yaml': `${good}"\\e]0;evil\\a\\e[2J": 1\n` } });
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
