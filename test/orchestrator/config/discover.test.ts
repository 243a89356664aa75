import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { discoverConfig, locateConfig } from '../../../src/orchestrator/config/discover.js';
import { folderWith } from './temporary-folder.js';

describe('finding a configuration', () => {
  it('takes what is asked for before everything else', async () => {
    const cwd = folderWith({ 'mine.yaml': '', '.massgen/config.yaml': '' });
    expect(await discoverConfig('mine.yaml', { MASSGEN_CONFIG: 'other.yaml' }, { cwd, home: cwd })).toEqual({ path: path.join(cwd, 'mine.yaml'), origin: 'flag' });
  });

  it('takes MASSGEN_CONFIG before the project', async () => {
    const cwd = folderWith({ 'mine.yaml': '', '.massgen/config.yaml': '' });
    expect(await discoverConfig(undefined, { MASSGEN_CONFIG: 'mine.yaml' }, { cwd, home: cwd })).toEqual({ path: path.join(cwd, 'mine.yaml'), origin: 'variable' });
  });

  it('fails when MASSGEN_CONFIG names nothing, rather than using another one', async () => {
    const cwd = folderWith({ '.massgen/config.yaml': '' });
    await expect(discoverConfig(undefined, { MASSGEN_CONFIG: 'gone.yaml' }, { cwd, home: cwd })).rejects.toMatchObject({ code: 'config-missing' });
  });

  it('takes the project before the user', async () => {
    const cwd = folderWith({ '.massgen/config.yaml': '', '.config/massgen/config.yaml': '' });
    expect(await discoverConfig(undefined, {}, { cwd, home: cwd })).toEqual({ path: path.join(cwd, '.massgen/config.yaml'), origin: 'project' });
  });

  it('looks in the folders up to the root of the repository and no further', async () => {
    const top = folderWith({ '.massgen/config.yaml': '', 'repo/.massgen/config.yaml': '', 'repo/a/b/file': '', 'bare/a/file': '' });
    mkdirSync(path.join(top, 'repo/.git'));
    mkdirSync(path.join(top, 'bare/.git'));
    const home = folderWith();
    expect(await discoverConfig(undefined, {}, { cwd: path.join(top, 'repo/a/b'), home })).toEqual({ path: path.join(top, 'repo/.massgen/config.yaml'), origin: 'project' });
    expect(await discoverConfig(undefined, {}, { cwd: path.join(top, 'bare/a'), home })).toBeUndefined();
  });

  it('outside a repository looks in the current folder only', async () => {
    const top = folderWith({ '.massgen/config.yaml': '', 'a/file': '' });
    expect(await discoverConfig(undefined, {}, { cwd: path.join(top, 'a'), home: folderWith() })).toBeUndefined();
  });

  it('falls back to the user', async () => {
    const home = folderWith({ '.config/massgen/config.yaml': '' });
    expect(await discoverConfig(undefined, {}, { cwd: folderWith(), home })).toEqual({ path: path.join(home, '.config/massgen/config.yaml'), origin: 'user' });
  });

  it.each(['critic', 'critic.yaml'])('finds the named agent %s', async (name) => {
    const home = folderWith({ '.config/massgen/agents/critic.yaml': '' });
    expect(await locateConfig(name, { cwd: folderWith(), home })).toBe(path.join(home, '.config/massgen/agents/critic.yaml'));
  });

  it('says where it looked', async () => {
    const cwd = folderWith();
    await expect(locateConfig('critic', { cwd, home: '/h' })).rejects.toThrow(`looked for ${cwd}/critic, /h/.config/massgen/agents/critic, /h/.config/massgen/agents/critic.yaml`);
  });

  it('says what may have been meant: an example, or a file beside it', async () => {
    const places = { cwd: folderWith({ 'team.yaml': '', 'notes.txt': '' }), home: '/h' };
    const complaint = async (name: string): Promise<string> => locateConfig(name, places).then(String, (thrown: unknown) => (thrown as Error).message.replace(/^.*; (?=did|"massgen|say)/u, ''));
    expect(await complaint('team')).toBe('did you mean team.yaml?');
    expect(await complaint('./taem.yaml')).toBe('did you mean team.yaml?');
    expect(await complaint('notes')).toMatch(/^there is no configuration "notes"; looked for \S+, \S+, \S+$/);
    expect(await complaint('basic_multi')).toBe('did you mean @examples/basic_multi?');
    expect(await complaint('@exmaples/basic_multi')).toBe('"massgen config examples" lists the examples');
    expect(await complaint('@examples/')).toBe('"massgen config examples" lists them');
  });

  it('says that a variable named what is not there', async () => {
    await expect(discoverConfig(undefined, { MASSGEN_CONFIG: 'gone' }, { cwd: folderWith(), home: '/h' })).rejects.toThrow('MASSGEN_CONFIG: there is no configuration "gone"');
  });

  it('does not let a name climb out of the folder of agents', async () => {
    const home = folderWith({ 'secret.yaml': '' });
    await expect(locateConfig('../../../secret', { cwd: folderWith({ 'a/b': '' }), home })).rejects.toMatchObject({ code: 'config-missing' });
  });
});
