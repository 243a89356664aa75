import { afterEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workspacePath } from '../../../../src/orchestrator/tools/workspace/shared/workspace-path.js';
import { treeOf } from '../../../support/file-world.js';
import { openWorkspaces, put, temporaryFolders, type WorkspacesWorld, type WorkspacesWorldOptions } from '../../../support/workspaces.js';

const folders = temporaryFolders();
const opened: WorkspacesWorld[] = [];
afterEach(async () => {
  for (const { workspaces } of opened.splice(0)) await workspaces.close();
  folders.clear();
});

async function open(options: Partial<WorkspacesWorldOptions> = {}): Promise<WorkspacesWorld> {
  const world = openWorkspaces(options.base ?? folders.make(), { backends: { ada: { cwd: 'work1' }, bob: { cwd: 'work2' } }, ...options });
  opened.push(world);
  return world;
}

const accept = (agent: string, rev = 1): object => ({ type: 'answer-accept', agent, turn: 1, rev, label: 'x', text: '', via: 'tool' });
const show = (agent: string, seen: object): object => ({ type: 'call-start', agent, turn: 1, call: 1, seen });
const deliver = (agent: string, source = 'presentation'): object => ({ type: 'answer-final', agent, label: 'x', text: '', source, marks: [] });
const select = (agent: string, rev: number): object => ({ type: 'winner-select', agent, rev });
const begin = (agent: string, kind = 'present'): object => ({ type: 'turn-start', agent, turn: 2, kind, seen: {} });
const placeOf = ({ workspaces }: WorkspacesWorld, agent: string): string => workspaces.infoOf(agent)!.workspace;
const peersOf = ({ workspaces }: WorkspacesWorld, agent: string): string => workspaces.infoOf(agent)!.peers;

describe('a workspace', () => {
  it('has a name that does not tell whose it is', async () => {
    const world = await open();
    expect(['ada', 'bob'].map((agent) => path.relative(world.base, placeOf(world, agent)))).toEqual([expect.stringMatching(/^\.massgen\/workspaces\/work_[0-9a-f]{8}$/u), expect.stringMatching(/^\.massgen\/workspaces\/work_[0-9a-f]{8}$/u)]);
  });

  it.each([
    ['workspace1', '/b/.massgen/workspaces/workspace_x'],
    ['a/b2', '/b/.massgen/workspaces/a/b_x'],
    ['.', '/b/.massgen/workspaces/workspace_x'],
    ['3', '/b/.massgen/workspaces/workspace_x'],
    ['.massgen/workspaces/mine', '/b/.massgen/workspaces/mine_x'],
    ['/abs/project1', '/abs/project1'],
    [undefined, '/b/.massgen/workspaces/workspace_x'],
  ])('of cwd %s is %s', (cwd, expected) => expect(workspacePath(cwd, '/b', 'x')).toBe(expected));

  it.each(['/', '~', '../up', 'a/../../up'])('cannot be %s', (cwd) => expect(() => workspacePath(cwd, '/b', 'x')).toThrow(/^cwd: /u));

  it('that massgen made is cleared for the next run, and one of the user’s never', async () => {
    const base = folders.make();
    const [mine, users] = [path.join(base, 'made'), path.join(base, 'project')];
    put(users, { 'main.c': 'int main;' });
    const options = { base, backends: { ada: { cwd: mine }, bob: { cwd: users } } };
    const first = await open(options);
    await first.write('ada', 'draft.txt', 'x');
    await first.tell({ type: 'attempt-start', attempt: 2 });
    expect([readdirSync(mine), readdirSync(users)]).toEqual([['.massgen-workspace'], ['main.c']]);
    await first.write('ada', 'draft.txt', 'x');
    await first.workspaces.close();
    const second = await open(options);
    expect([placeOf(second, 'ada'), readdirSync(mine), readdirSync(users)]).toEqual([mine, ['.massgen-workspace'], ['main.c']]);
  });

  it('of two agents with one absolute path is not the same', async () => {
    const base = folders.make();
    const world = await open({ base, backends: { ada: { cwd: `${base}/one` }, bob: { cwd: `${base}/one` } } });
    expect(placeOf(world, 'ada')).toBe(`${base}/one`);
    expect(placeOf(world, 'bob')).toMatch(/\/one_[0-9a-f]{8}$/u);
  });

  it('that cannot be made is said with its path', async () => {
    const base = folders.make();
    writeFileSync(path.join(base, 'file'), '');
    await expect(open({ base, backends: { ada: { cwd: `${base}/file/below` } } })).rejects.toThrow(/^the workspace \S*\/file\/below cannot be made: /u);
  });

  it('comes with context paths alone', async () => {
    const base = folders.make();
    put(base, { 'docs/a.md': 'A' });
    const world = await open({ base, backends: { ada: { context_paths: [{ path: 'docs' }] } } });
    expect(await world.call('ada', 'read_file', { path: `${base}/docs/a.md` })).toBe('A');
  });
});

describe.each([['by second names', []], ['by copying, where programs write to it', ['ada']]] as const)('an answer’s work is passed on %s', (_how, programs) => {
  it('to those who are shown the answer, as it was then', async () => {
    const world = await open({ programs });
    await world.write('ada', 'src/app.py', 'print(1)');
    await world.tell(accept('ada'));
    expect(readdirSync(peersOf(world, 'bob'))).toEqual([]);
    await world.tell(show('bob', { ada: 1 }));
    await world.write('ada', 'src/app.py', 'print(2)');
    await world.write('ada', 'later.txt', 'x');
    expect(treeOf(peersOf(world, 'bob'))).toEqual({ agent1: '(folder)', 'agent1/src': '(folder)', 'agent1/src/app.py': 'print(1)' });
    expect(await world.call('bob', 'read_file', { path: `${peersOf(world, 'bob')}/agent1/src/app.py` })).toBe('print(1)');
  });

  it('revision by revision', async () => {
    const world = await open({ programs });
    await world.write('ada', 'same.txt', 'same');
    await world.write('ada', 'a.txt', '1');
    await world.tell(accept('ada', 1));
    await world.write('ada', 'a.txt', '2');
    await world.tell(accept('ada', 2), show('bob', { ada: 1 }));
    expect(readFileSync(`${peersOf(world, 'bob')}/agent1/a.txt`, 'utf8')).toBe('1');
    await world.tell(show('bob', { ada: 2 }));
    expect(treeOf(`${peersOf(world, 'bob')}/agent1`)).toEqual({ 'a.txt': '2', 'same.txt': 'same' });
  });

  it('and stays what it was, whoever writes where', async () => {
    const world = await open({ programs });
    await world.write('ada', 'a.txt', '1');
    await world.tell(accept('ada'), show('bob', { ada: 1 }), show('ada', { ada: 1 }));
    const copies = [`${peersOf(world, 'bob')}/agent1/a.txt`, `${peersOf(world, 'ada')}/agent1/a.txt`, world.at('turn_1/ada/1/workspace/a.txt')];
    await world.write('ada', 'a.txt', 'new');
    await world.call('ada', 'edit_file', { path: 'a.txt', edits: [{ oldText: 'new', newText: 'newer' }] });
    if (programs.length > 0) appendFileSync(`${placeOf(world, 'ada')}/a.txt`, 'by a program');
    for (const tool of ['write_file', 'edit_file', 'delete_file']) await expect(world.call('bob', tool, { path: copies[0], content: 'x', edits: [{ oldText: '1', newText: 'x' }] })).rejects.toThrow(/is read-only/u);
    expect(copies.map((copy) => readFileSync(copy, 'utf8'))).toEqual(['1', '1', '1']);
  });

  it('without what leads out, is no file, or others make anew', async () => {
    const world = await open({ programs });
    const place = placeOf(world, 'ada');
    put(place, { 'a.txt': 'a', '.git/HEAD': 'x', 'node_modules/m/i.js': 'x', 'sub/__pycache__/x.pyc': 'x' });
    put(world.base, { 'secret.txt': 'SECRET' });
    symlinkSync(world.at('secret.txt'), path.join(place, 'out.txt'));
    symlinkSync('../../../secret.txt', path.join(place, 'up.txt'));
    symlinkSync('a.txt', path.join(place, 'in.txt'));
    linkSync(world.at('secret.txt'), path.join(place, 'hard.txt'));
    const told = await world.tell(accept('ada'), show('bob', { ada: 1 }));
    expect(treeOf(`${peersOf(world, 'bob')}/agent1`)).toEqual({ 'a.txt': 'a', 'in.txt': '(other)', sub: '(folder)' });
    expect(told).toEqual(['1 file of ada stayed behind when its work was shown to the others: too many, too large, not readable, or with names elsewhere']);
  });

  it('unless there is none: an empty workspace replaces nothing', async () => {
    const world = await open({ programs });
    await world.write('ada', 'a.txt', '1');
    await world.tell(accept('ada', 1));
    await world.call('ada', 'delete_file', { path: 'a.txt' });
    await world.tell(accept('ada', 2), show('bob', { ada: 2 }));
    expect(treeOf(`${peersOf(world, 'bob')}/agent1`)).toEqual({ 'a.txt': '1' });
  });

  it('and is delivered as files of the user’s own', async () => {
    const world = await open({ programs });
    await world.write('ada', 'a.txt', '1');
    await world.tell(accept('ada'), select('ada', 1), begin('ada'));
    await world.write('ada', 'a.txt', 'final');
    expect(await world.tell(deliver('ada'))).toEqual([`the files of ada are in ${world.at('turn_1/final/ada/workspace')}`]);
    const file = world.at('turn_1/final/ada/workspace/a.txt');
    expect([readFileSync(file, 'utf8'), statSync(file).nlink, statSync(file).mode & 0o200]).toEqual(['final', 1, 0o200]);
  });

  it('leaving only what is the user’s when the run is over', async () => {
    const world = await open({ programs });
    await world.write('ada', 'a.txt', '1');
    await world.tell(accept('ada'), show('bob', { ada: 1 }), deliver('ada'));
    await world.workspaces.close();
    expect(readdirSync(world.at('.massgen', 'snapshots')).concat(readdirSync(world.at('.massgen', 'temp_workspaces')))).toEqual([]);
    appendFileSync(`${placeOf(world, 'ada')}/a.txt`, 'edited');
    expect(readFileSync(world.at('turn_1/ada/1/workspace/a.txt'), 'utf8')).toBe('1');
  });
});

describe('a delivery', () => {
  it('of a winning answer as it is, is its work and not what came after', async () => {
    const world = await open();
    await world.write('ada', 'a.txt', 'answered');
    await world.tell(accept('ada', 1));
    await world.write('ada', 'a.txt', 'later');
    await world.tell(select('ada', 1), deliver('ada', 'winner'));
    expect(treeOf(world.at('turn_1/final/ada/workspace'))).toEqual({ 'a.txt': 'answered' });
  });

  it('says which files of the user’s are new, changed and deleted', async () => {
    const base = folders.make();
    put(base, { 'out/a.txt': 'a', 'out/b.txt': 'b' });
    const world = await open({ base, shared: { context_paths: [{ path: 'out', permission: 'write' }] } });
    await world.tell(begin('ada'));
    await world.call('ada', 'write_file', { path: `${base}/out/new.txt`, content: 'n' }, true);
    await world.call('ada', 'write_file', { path: `${base}/out/a.txt`, content: 'changed' }, true);
    await world.call('ada', 'read_file', { path: `${base}/out/b.txt` }, true);
    await world.call('ada', 'delete_file', { path: `${base}/out/b.txt` }, true);
    expect(await world.tell(deliver('ada'))).toEqual([`files of yours: new: ${base}/out/new.txt; changed: ${base}/out/a.txt; deleted: ${base}/out/b.txt`]);
  });

  it('without a log says where the files are, and leaves them there', async () => {
    const world = await open({ unlogged: true, keep: false });
    await world.write('ada', 'a.txt', '1');
    expect(await world.tell(deliver('ada'))).toEqual([`the files of ada are in ${placeOf(world, 'ada')}`]);
    await world.workspaces.close();
    expect(existsSync(`${placeOf(world, 'ada')}/a.txt`)).toBe(true);
  });

  it('is all that is left where nobody looks at workspaces', async () => {
    const world = await open({ keep: false });
    await world.write('ada', 'a.txt', '1');
    await world.tell(accept('ada'), deliver('ada'));
    await world.workspaces.close();
    expect([existsSync(placeOf(world, 'ada')), existsSync(world.at('turn_1/final/ada/workspace/a.txt'))]).toEqual([false, true]);
  });

  it('that fails is a warning', async () => {
    const world = await open();
    await world.write('ada', 'a.txt', '1');
    mkdirSync(world.at('turn_1'));
    writeFileSync(world.at('turn_1/final'), 'in the way');
    expect(await world.tell(deliver('ada'))).toEqual([expect.stringMatching(/^the agents' files could not be passed on: /u)]);
  });
});

describe('what an agent is told', () => {
  it('is where its folders are', async () => {
    const base = folders.make();
    put(base, { 'out/docs/a.md': 'a', 'before/final.txt': 'earlier' });
    const world = await open({ base, previous: path.join(base, 'before'), shared: { context_paths: [{ path: 'out', permission: 'write', protected_paths: ['docs'] }] } });
    const notes = (await world.workspaces.sourceFor('ada')).notes().join('\n');
    expect(notes).toContain(`Your workspace is ${placeOf(world, 'ada')};`);
    expect(notes).toContain(`The other agents' files are in ${peersOf(world, 'ada')}, read-only`);
    expect(notes).toContain(`- ${base}/out: read-only now; you may write there while you present the final answer; always read-only: ${base}/out/docs`);
    const previous = /delivered are in (\S+), read-only/u.exec(notes)?.[1] ?? '';
    expect(await world.call('bob', 'read_file', { path: `${previous}/final.txt` })).toBe('earlier');
    expect(notes).not.toMatch(/ada|bob/u);
  });

  it('is where its long results are kept, and it reads its own', async () => {
    const base = folders.make();
    put(base, { 'turn_1/tools/ada/001_x.txt': 'long', 'turn_1/tools/bob/001_x.txt': 'long' });
    const world = await open({ base, results: true });
    expect(await world.call('ada', 'read_file', { path: `${base}/turn_1/tools/ada/001_x.txt` })).toBe('long');
    await expect(world.call('ada', 'read_file', { path: `${base}/turn_1/tools/bob/001_x.txt` })).rejects.toThrow(/outside the folders/u);
  });

  it('names each context path that is missing', async () => {
    await expect(open({ shared: { context_paths: [{ path: 'none' }, { path: '/no/where' }] } })).rejects.toThrow(/^context_paths: not found: none \(\S+\/none\), \/no\/where \(\/no\/where\); make them or correct the path$/u);
  });

  it('leads nobody to a peer’s workspace', async () => {
    const world = await open();
    await world.write('bob', 'secret.txt', 's');
    for (const place of [placeOf(world, 'bob'), peersOf(world, 'bob'), world.at('.massgen')]) await expect(world.call('ada', 'list_directory', { path: place })).rejects.toThrow(/outside the folders/u);
    expect(lstatSync(placeOf(world, 'bob')).isDirectory()).toBe(true);
  });
});
