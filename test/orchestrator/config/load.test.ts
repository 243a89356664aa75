import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { MassgenError } from '../../../src/errors.js';
import { checkConfigFile, loadConfigFile } from '../../../src/orchestrator/config/load.js';
import { folderWith } from './temporary-folder.js';

const good = 'agents:\n  - id: a\n    backend: { type: openai }\n';

async function failure(attempt: Promise<unknown>): Promise<MassgenError> {
  return attempt.then(
    () => {
      throw new Error('nothing failed');
    },
    (error: unknown) => error as MassgenError,
  );
}

describe('loading a configuration file', () => {
  it('gives the configuration, what was written and the warnings', async () => {
    const cwd = folderWith({ 'team.yaml': `${good}quux: \${NAME}\n` });
    const loaded = await loadConfigFile('team.yaml', { NAME: 'x' }, { cwd });
    expect(loaded.file).toBe(path.join(cwd, 'team.yaml'));
    expect(loaded.config.agents?.[0]?.id).toBe('a');
    expect(loaded.given).toMatchObject({ quux: '${NAME}' });
    expect(loaded.warnings.map((issue) => issue.location)).toEqual(['quux']);
  });

  it('reads JSON', async () => {
    const cwd = folderWith({ 'team.json': '{\n\t"agents": [{"id": "a", "backend": {"type": "openai"}}]\n}' });
    expect((await loadConfigFile('team.json', {}, { cwd })).config.agents).toHaveLength(1);
  });

  it('takes ~ for the home folder', async () => {
    const home = folderWith({ 'team.yaml': good });
    expect((await loadConfigFile('~/team.yaml', {}, { home })).file).toBe(path.join(home, 'team.yaml'));
  });

  it('names every error with file, line and column, and quotes the line with a caret', async () => {
    const cwd = folderWith({ 'team.yaml': 'agents:\n  - id: a\n    backend: { type: opneai }\n  - id: a\n    backend: { type: openai }\n' });
    const error = await failure(loadConfigFile('team.yaml', {}, { cwd }));
    expect(error.code).toBe('config-invalid');
    expect(error.message.split('\n')).toEqual([
      `${path.join(cwd, 'team.yaml')}:3:22 agents[0].backend.type: unknown backend "opneai"; did you mean "openai"?`,
      '  3 |     backend: { type: opneai }',
      '                           ^',
      `${path.join(cwd, 'team.yaml')}:4:9 agents[1].id: another agent already has the id "a"; give each agent an id of its own`,
      '  4 |   - id: a',
      '              ^',
    ]);
  });

  it('quotes no secret with an error', async () => {
    const lines = ['agents:', '  - id: a', '    backend: { type: opneai, api_key: "literally-secret",', '      extra_headers: { Cookie: "also', '        secret" }, temperature: hot }', '  - id: b', '    backend:', '      type: openai', '      api_key:', '        - third-secret'];
    const error = await failure(loadConfigFile('team.yaml', {}, { cwd: folderWith({ 'team.yaml': lines.join('\n') }) }));
    expect(error.message).toContain('backend: { type: opneai, api_key: ***');
    expect(error.message).toContain('9 |       api_key:');
    expect(error.message).not.toMatch(/literally-secret|also|third-secret/);
  });

  it('keeps the caret below its place when a secret before it is hidden', async () => {
    for (const secret of ['api_key: sk-abcdefghijklmnopqrstuvwxyz', 'api_key: "${NO_KEY}"', 'base_url: "https://u:a-pass-word@h.example/v1"']) {
      const error = await failure(loadConfigFile('team.yaml', { NO_KEY: 'k' }, { cwd: folderWith({ 'team.yaml': `agent:\n  backend: { ${secret}, temperature: hot, type: openai }\n` }) }));
      const [, line = '', caret = ''] = error.message.split('\n');
      expect(line).not.toMatch(/abcdef|pass-word/u);
      expect(line.slice(caret.length - 1)).toBe('hot, type: openai }');
    }
  });

  it('quotes the variable that a secret key names', async () => {
    const error = await failure(loadConfigFile('team.yaml', {}, { cwd: folderWith({ 'team.yaml': 'agent:\n  backend:\n    type: openai\n    api_key: ${NO_SUCH_KEY}\n' }) }));
    expect(error.message.split('\n')).toEqual([expect.stringContaining(':4:14 agent.backend.api_key: the variable NO_SUCH_KEY is not set'), '  4 |     api_key: ${NO_SUCH_KEY}', '                   ^']);
  });

  it('takes warnings for errors where that is asked for', async () => {
    const cwd = folderWith({ 'team.yaml': `${good}quux: 1\n`, 'good.yaml': good });
    expect((await failure(loadConfigFile('team.yaml', {}, { cwd, strict: true }))).message).toContain('unknown key "quux"');
    expect((await loadConfigFile('good.yaml', {}, { cwd, strict: true })).warnings).toEqual([]);
  });

  it('tells a missing file from a bad one', async () => {
    expect((await failure(loadConfigFile('nowhere.yaml', {}, { cwd: folderWith() }))).code).toBe('config-missing');
    expect((await failure(loadConfigFile('', {}))).code).toBe('config-missing');
    expect((await failure(loadConfigFile('a\0b', {}))).code).toBe('config-missing');
    expect((await failure(loadConfigFile('team.yaml/x', {}, { cwd: folderWith({ 'team.yaml': good }) }))).code).toBe('config-missing');
  });

  it.each([
    ['a file over 1 MB', Buffer.alloc(1_048_577, '#'), 'the file is larger than 1 MB'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]), 'the file is not a text file'],
    ['UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0x00]), 'the file is UTF-16 text; save it as UTF-8'],
    ['Latin-1', Buffer.from('a: h\u00e9', 'latin1'), 'the file is not UTF-8 text'],
    ['an empty file', Buffer.alloc(0), 'the file is empty'],
  ])('refuses %s', async (_what, content, message) => {
    const checked = await checkConfigFile('team.yaml', {}, { cwd: folderWith({ 'team.yaml': content }) });
    expect(checked.config).toBeUndefined();
    expect(checked.issues).toHaveLength(1);
    expect(checked.issues[0]).toMatchObject({ severity: 'error', location: 'file', message: expect.stringContaining(message) });
  });

  it('takes a file of exactly 1 MB', async () => {
    const content = Buffer.concat([Buffer.from(good), Buffer.alloc(1_048_576 - good.length, '#')]);
    expect((await checkConfigFile('team.yaml', {}, { cwd: folderWith({ 'team.yaml': content }) })).config).toBeDefined();
  });

  it('refuses a folder', async () => {
    const cwd = folderWith();
    mkdirSync(path.join(cwd, 'team'));
    expect((await failure(loadConfigFile('team', {}, { cwd }))).message).toContain('the file is a folder; name a file in it');
  });

  it('reads no more than it needs of a file without an end', async () => {
    const checked = await checkConfigFile('/dev/zero', {});
    expect(checked.issues[0]?.message).toBe('the file is larger than 1 MB');
  });

  it('loads an example by name', async () => {
    const examples = folderWith({ 'one.yaml': good });
    expect((await loadConfigFile('@examples/one', {}, { examples })).file).toBe(path.join(examples, 'one.yaml'));
  });
});
