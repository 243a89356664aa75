import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen } from '../support/massgen-process.js';

afterAll(cleanUp);

const team = { agents: [{ id: 'a', backend: { type: 'scripted', script: [{ text: 'The answer.' }] } }] };
const ask = (config: object) => massgen(['run', '--config', 'team.json', 'Why?'], { files: { 'team.json': config } });

describe('what a configuration says of a run', () => {
  it.concurrent('is silent with ui.display_type silent', async () => {
    expect(await ask({ ...team, ui: { display_type: 'silent' } })).toMatchObject({ code: 0, stdout: 'The answer.\n', stderr: '' });
    expect((await ask(team)).stderr).not.toBe('');
  });

  it.concurrent('leaves no log with ui.logging_enabled false', async () => {
    const [without, withLog] = await Promise.all([ask({ ...team, ui: { logging_enabled: false } }), ask(team)]);
    expect([without, withLog].map(({ code, cwd }) => [code, existsSync(path.join(cwd, '.massgen'))])).toEqual([
      [0, false],
      [0, true],
    ]);
  });

  it.concurrent('reserves max_tokens for each call where there is a budget, whatever the backend', async () => {
    const within = (more: object) => ask({ agents: [{ id: 'a', backend: { ...team.agents[0]?.backend, ...more } }], orchestrator: { budget: { max_tokens: 1500 } } });
    const [without, withLimit] = await Promise.all([within({}), within({ max_tokens: 5 })]);
    expect(without).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('budget') });
    expect(withLimit).toMatchObject({ code: 0, stdout: 'The answer.\n', stderr: expect.not.stringContaining('no effect') });
  });

  it.concurrent('is refused on stderr, each error with its line and a caret', async () => {
    const { code, stdout, stderr } = await massgen(['run', '--config', 'team.yaml', 'Why?'], { files: { 'team.yaml': 'agents:\n  - id: a\n    backend: { type: opneai }\n' } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n').slice(0, 3)).toEqual([expect.stringMatching(/^massgen: .*team\.yaml:3:22 agents\[0\]\.backend\.type: unknown backend "opneai"; did you mean "openai"\?$/), '  3 |     backend: { type: opneai }', '                           ^']);
  });
});
