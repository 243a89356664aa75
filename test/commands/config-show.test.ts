import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen, type Setting } from '../support/massgen-process.js';

afterAll(cleanUp);

const text = `x-base: &base { type: openai, model: "\${MODEL:-gpt-5-mini}" }
agents:
  - id: a
    backend: { <<: *base, api_key: "\${MY_KEY}", extra_headers: { X-Token: "literal secret" } }
    system_message: |
      Two
      lines.
  - { id: b, backend: { <<: *base, max_tokens: "\${LIMIT:-7}" } }
orchestrator: { voting_sensitivity: strict }
`;

const show = (args: readonly string[], setting: Setting = {}) =>
  massgen(['config', 'show', ...args], { ...setting, files: { 'team.yaml': text, '.env': 'MODEL=gpt-4o\n', ...setting.files }, env: { MY_KEY: 'sk-very-secret-value', ...setting.env } });

interface Shown {
  readonly file: string;
  readonly chosen: string;
  readonly values: readonly { readonly path: string; readonly value: unknown; readonly origin: string; readonly variables: readonly string[] }[];
}

describe('massgen config show', () => {
  it.concurrent('shows every value and where it comes from', async () => {
    const { code, stdout, stderr, cwd } = await show(['team.yaml']);
    const lines = stdout.split('\n').map((line) => line.replace(/ +# /, ' # '));
    expect({ code, stderr, head: lines.slice(0, 15) }).toEqual({
      code: 0,
      stderr: '',
      head: [
        `# ${path.join(cwd, 'team.yaml')}`,
        'agents:',
        '  - id: a # file',
        '    backend:',
        '      type: openai # file',
        '      model: gpt-4o # environment MODEL',
        '      api_key: "***" # environment MY_KEY',
        '      extra_headers:',
        '        X-Token: "***" # file',
        '    system_message: "Two\\nlines.\\n" # file',
        '  - id: b # file',
        '    backend:',
        '      type: openai # file',
        '      model: gpt-4o # environment MODEL',
        '      max_tokens: 7 # file',
      ],
    });
    expect(lines).toEqual(expect.arrayContaining(['  voting_sensitivity: strict # file', '  fairness_enabled: true # default', '    max_cost_usd: null # default']));
  });

  it.concurrent('does not say that a variable went into a prompt that keeps it out', async () => {
    const { stdout } = await show(['team.json', '--json'], { files: { 'team.json': { agent: { id: 'a', backend: { type: 'openai' }, system_message: 'Use ${MY_KEY} and $${X}' } } } });
    expect((JSON.parse(stdout) as Shown).values).toContainEqual({ path: 'agent.system_message', value: 'Use ${MY_KEY} and ${X}', origin: 'file', variables: [] });
  });

  it.concurrent('names every variable of a text, also beside one whose name only begins alike', async () => {
    const { stdout } = await show(['team.json', '--json'], { files: { 'team.json': { agent: { id: 'a', backend: { type: 'openai' }, system_message: '${WHO} and ${WHO_NOT' } } }, env: { WHO: 'you' } });
    expect((JSON.parse(stdout) as Shown).values).toContainEqual({ path: 'agent.system_message', value: 'you and ${WHO_NOT', origin: 'environment', variables: ['WHO'] });
  });

  it.concurrent('is YAML that means the same', async () => {
    const first = await show(['team.yaml']);
    const second = await massgen(['config', 'show', 'again.yaml', '--json'], { files: { 'again.yaml': first.stdout } });
    const meaning = (json: string) => Object.fromEntries((JSON.parse(json) as Shown).values.map(({ path: where, value }) => [where, value]));
    expect(meaning(second.stdout)).toEqual(meaning((await show(['team.yaml', '--json'])).stdout));
  });

  it.concurrent('shows no secret in any form', async () => {
    const { stdout } = await show(['team.yaml', '--json']);
    expect(stdout).not.toMatch(/very-secret|literal secret/);
    expect((JSON.parse(stdout) as Shown).values).toContainEqual({ path: 'agents[0].backend.api_key', value: '***', origin: 'environment', variables: ['MY_KEY'] });
  });

  it.concurrent('finds the configuration as a run does', async () => {
    const { code, stdout, cwd } = await show(['--json'], { files: { '.massgen/config.yaml': text } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: path.join(cwd, '.massgen/config.yaml'), chosen: 'project' });
  });

  it.concurrent('says what to do when there is none', async () => {
    expect(await show([])).toMatchObject({ code: 1, stdout: '', stderr: 'massgen: there is no configuration here; name one, or make one with "massgen config init"\n' });
  });

  it.concurrent('refuses a bad one as a run does, with line and caret', async () => {
    const { code, stdout, stderr } = await show(['bad.yaml'], { files: { 'bad.yaml': 'agents:\n  - id: a\n    backend: { type: opneai }\n' } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/bad.yaml:3:22 agents\[0\].backend.type: unknown backend "opneai"; did you mean "openai"\?\n {2}3 \| {5}backend: \{ type: opneai \}\n {27}\^\n$/);
  });

  it.concurrent('warns beside the output', async () => {
    const { code, stderr } = await show(['odd.yaml'], { files: { 'odd.yaml': 'agent: { id: a, backend: { type: openai, enable_image_generation: true } }\n' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('agent.backend.enable_image_generation: has no effect yet: it waits for pictures, sound and films\n') });
  });
});
