import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { configAlias, configAliasFlags } from '../../src/commands/base/config-aliases.js';
import { cleanUp, massgen } from '../support/massgen-process.js';

afterAll(cleanUp);

describe('flags of the main command that stand for a config command', () => {
  it.each([
    [{ validate: 'x.yaml' }, { id: 'config:validate', argv: ['--', 'x.yaml'] }],
    [{ validate: 'x.yaml', strict: true, json: true }, { id: 'config:validate', argv: ['--strict', '--json', '--', 'x.yaml'] }],
    [{ 'list-examples': true }, { id: 'config:examples', argv: [] }],
    [{ 'list-examples': true, json: true }, { id: 'config:examples', argv: ['--json'] }],
    [{ example: 'basic_multi' }, { id: 'config:examples', argv: ['--', 'basic_multi'] }],
    [{ init: true }, { id: 'config:init', argv: [] }],
    [{ strict: true }, undefined],
    [{}, undefined],
  ])('%j is %j', (flags, expected) => {
    expect(configAlias(flags)).toEqual(expected);
  });

  it.each([
    [{ validate: 'x', init: true }, '--validate and --init are commands of their own; give one at a time'],
    [{ json: true }, '--json goes with --validate, --list-examples or --list-sessions; for the events of a run write --display json'],
    [{ json: true, example: 'x' }, '--json goes with --validate'],
  ])('%j is refused', (flags, message) => {
    expect(() => configAlias(flags)).toThrow(message);
  });

  it('--init writes the file that is named beside it', () => {
    expect(configAlias({ init: true }, 'team.yaml')).toEqual({ id: 'config:init', argv: ['--', 'team.yaml'] });
  });

  it('are all described', () => {
    expect(Object.values(configAliasFlags).every(({ description }) => description !== undefined)).toBe(true);
  });
});

const bad = { 'bad.yaml': 'agents:\n  - id: a\n    backend: { type: opneai }\n', 'odd.yaml': 'agents:\n  - id: a\n    backend: { type: scripted, script: [{ text: Yes. }] }\nquux: 1\n' };

describe('massgen and massgen run', () => {
  it.concurrent.each([[['run', '--validate']], [['--validate']]])('%j is config validate', async (words) => {
    const [refused, accepted, strictly] = await Promise.all([massgen([...words, 'bad.yaml', '--json'], { files: bad }), massgen([...words, 'odd.yaml'], { files: bad }), massgen([...words, 'odd.yaml', '--strict'], { files: bad })]);
    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(refused.stdout)).toMatchObject({ valid: false, error_count: 1, errors: [{ location: 'agents[0].backend.type', suggestion: 'did you mean "openai"?', line: 3 }] });
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('odd.yaml: valid, 1 warning') });
    expect(strictly).toMatchObject({ code: 1, stdout: expect.stringContaining('odd.yaml: not valid, 1 error') });
  });

  it.concurrent('list, print and write configurations', async () => {
    const [list, text, written] = await Promise.all([massgen(['--list-examples']), massgen(['run', '--example', 'basic_multi']), massgen(['run', '--init'])]);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('@examples/basic_multi ') });
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# [^]*agents:/) });
    expect([written.code, existsSync(path.join(written.cwd, '.massgen/config.yaml'))]).toEqual([0, true]);
  });

  it.concurrent('take warnings for errors with --strict', async () => {
    const run = (more: readonly string[]) => massgen(['run', '--config', 'odd.yaml', '--display', 'silent', 'Why?', ...more], { files: bad });
    const [lax, strict] = await Promise.all([run([]), run(['--strict'])]);
    expect(lax).toMatchObject({ code: 0, stdout: 'Yes.\n', stderr: expect.stringContaining('unknown key "quux"') });
    expect(strict).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/odd\.yaml:4:1 quux: unknown key "quux".*\n {2}4 \| quux: 1\n {6}\^/) });
  });
});
