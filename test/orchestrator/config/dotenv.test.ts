import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadEnvironment } from '../../../src/orchestrator/config/dotenv.js';
import { folderWith } from './temporary-folder.js';

describe('the environment of a configuration', () => {
  it('goes from the process to the current folder to the user, first one wins', async () => {
    const cwd = folderWith({ '.env': 'A=cwd\nB=cwd\n' });
    const home = folderWith({ '.config/massgen/.env': 'A=config\nB=config\nC=config\n', '.massgen/.env': 'A=old\nB=old\nC=old\nD=old\n' });
    const { env, warnings } = await loadEnvironment({ A: 'process' }, { cwd, home });
    expect(env).toEqual({ A: 'process', B: 'cwd', C: 'config', D: 'old' });
    expect(warnings).toEqual([]);
  });

  it('lets a variable that is set to nothing win, and one that is undefined not', async () => {
    const cwd = folderWith({ '.env': 'A=file\nB=file\n' });
    expect((await loadEnvironment({ A: '', B: undefined }, { cwd, home: folderWith() })).env).toEqual({ A: '', B: 'file' });
  });

  it('changes neither the process nor what it is given', async () => {
    const cwd = folderWith({ '.env': 'MASSGEN_TEST_ONLY=1\n' });
    const base = { A: '1' };
    await loadEnvironment(base, { cwd, home: folderWith() });
    expect(base).toEqual({ A: '1' });
    expect(process.env['MASSGEN_TEST_ONLY']).toBeUndefined();
  });

  it('reads quotes, comments, export and lines that go on', async () => {
    const cwd = folderWith({ '.env': '\uFEFF# keys\nexport A="one two"\nB=\'x # y\' # comment\nC="line 1\nline 2"\r\nD=\r\n' });
    expect((await loadEnvironment({}, { cwd, home: folderWith() })).env).toEqual({ A: 'one two', B: 'x # y', C: 'line 1\nline 2', D: '' });
  });

  it.each([
    ['garbage', 'this is not a .env file\n', 'has no line of the form NAME=value'],
    ['bytes', Buffer.from([0, 1, 2, 255]), 'is not a text file'],
    ['a file over 1 MB', Buffer.alloc(1_100_000, 'A'), 'is larger than 1 MB'],
  ])('warns of %s and goes on', async (_what, content, message) => {
    const cwd = folderWith({ '.env': content });
    const { env, warnings } = await loadEnvironment({ A: '1' }, { cwd, home: folderWith({ '.massgen/.env': 'B=2\n' }) });
    expect(env).toEqual({ A: '1', B: '2' });
    expect(warnings).toEqual([`${path.join(cwd, '.env')} ${message}`]);
  });

  it('warns of a file it may not read', async () => {
    const cwd = folderWith({ '.env': 'A=1\n' });
    chmodSync(path.join(cwd, '.env'), 0);
    const { warnings } = await loadEnvironment({}, { cwd, home: folderWith() });
    // The superuser reads everything.
    expect(warnings).toEqual(process.getuid?.() === 0 ? [] : [`${path.join(cwd, '.env')} may not be read; check its permissions`]);
  });

  it('has nothing to say of a missing or empty file, or a Python environment called .env', async () => {
    const cwd = folderWith();
    mkdirSync(path.join(cwd, '.env'));
    expect(await loadEnvironment({}, { cwd, home: folderWith({ '.massgen/.env': '\n# nothing\n' }) })).toEqual({ env: {}, warnings: [] });
  });
});
