import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findExample, listExamples, matchExample } from '../../../src/orchestrator/config/examples.js';
import { folderWith } from './temporary-folder.js';

const names = ['basic/multi/three', 'basic/multi/three_more', 'basic_single', 'providers/gpt5', 'providers/gpt5_nano', 'teams/research/team', 'teams/creative/team'];

describe('the name of an example', () => {
  it.each([
    ['basic/multi/three', ['basic/multi/three']],
    ['basic/multi/three.yaml', ['basic/multi/three']],
    ['three', ['basic/multi/three']],
    ['gpt5', ['providers/gpt5']],
    ['basic_multi_three', ['basic/multi/three']],
    ['basic-multi-three', ['basic/multi/three']],
    ['Basic/Single', ['basic_single']],
    ['multi_three', ['basic/multi/three']],
    ['research/team', ['teams/research/team']],
    ['nano', ['providers/gpt5_nano']],
    ['team', ['teams/research/team', 'teams/creative/team']],
    ['hree', []],
    ['', []],
    ['../../etc/passwd', []],
  ])('%s means %j', (written, expected) => {
    expect(matchExample(written, names)).toEqual(expected);
  });

  it('is found in a folder', async () => {
    const folder = folderWith({ 'a/b.yaml': '', 'c.yml': '', 'notes.md': '' });
    expect(await findExample('a_b', folder)).toBe(path.join(folder, 'a', 'b.yaml'));
    expect((await listExamples(folder)).map((example) => example.name)).toEqual(['a/b', 'c']);
  });

  it('lists the candidates when it is ambiguous', async () => {
    const folder = folderWith({ 'x/team.yaml': '', 'y/team.yaml': '' });
    await expect(findExample('team', folder)).rejects.toThrow('"@examples/team" could be @examples/x/team or @examples/y/team; write one of them');
  });

  it('lists the nearest three when it is unknown', async () => {
    const folder = folderWith({ 'basic_one.yaml': '', 'basic_two.yaml': '', 'basic_six.yaml': '', 'basic_ten.yaml': '', 'other.yaml': '' });
    const error: unknown = await findExample('basic_oen', folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'config-missing' });
    expect((error as Error).message.match(/@examples\/basic_\w+/g)).toHaveLength(3);
    await expect(findExample('zzzzzzzzzzzz', folder)).rejects.toThrow('there is no example "zzzzzzzzzzzz"; did you mean');
  });

  it('lists those of a folder of that name', async () => {
    const folder = folderWith({ 'teams/research.yaml': '', 'teams/views.yaml': '', 'limits/time.yaml': '', 'tea.yaml': '' });
    await expect(findExample('team', folder)).rejects.toThrow('did you mean @examples/teams/views, @examples/teams/research or @examples/tea?');
  });

  it('says when there is no folder of examples', async () => {
    await expect(findExample('x', '/nowhere/at/all')).rejects.toThrow('cannot read the examples folder /nowhere/at/all');
    await expect(findExample('x', folderWith())).rejects.toThrow('there are no examples here');
  });

  it('shows the first line of its opening comment', async () => {
    const folder = folderWith({ 'a.yaml': '# yaml-language-server: $schema=x\n# Three agents.\n#\n# More.\nagents: []\n', 'b.yaml': 'agents: []\n' });
    expect((await listExamples(folder)).map((example) => example.summary)).toEqual(['Three agents.', '']);
  });
});
