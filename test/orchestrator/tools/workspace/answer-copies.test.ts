import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { asNobody, giveToNobody } from '../../../support/as-nobody.js';
import { treeOf } from '../../../support/file-world.js';
import { bytesKept, modeOf, putMany, settled, snapshotWorlds } from '../../../support/snapshots.js';
import { openWorkspaces, put, temporaryFolders } from '../../../support/workspaces.js';

const worlds = snapshotWorlds();
const folders = temporaryFolders();
afterEach(async () => {
  await worlds.close();
  folders.clear();
});

describe('copies where programs write too', () => {
  it('take what has not changed since from the copy before', async () => {
    const world = worlds.open();
    putMany(world.workspace, 50);
    put(world.workspace, { 'large.bin': 'x'.repeat(300_000), 'same.txt': 'same' });
    await settled(world.workspace);
    await world.take(1);
    const first = bytesKept(world);
    put(world.workspace, { 'folder-1/first.txt': 'changed' });
    rmSync(path.join(world.workspace, 'folder-2'), { recursive: true });
    renameSync(path.join(world.workspace, 'folder-3'), path.join(world.workspace, 'moved'));
    const before = treeOf(world.workspace);
    await world.take(2);
    expect(treeOf(await world.shown(2))).toEqual(before);
    expect(readFileSync(path.join(await world.shown(1), 'folder-2/first.txt'), 'utf8')).toBe('first');
    // What was moved has no copy by its new name.
    expect(bytesKept(world) - first).toBeLessThan(10_000);
  });

  it('see a change that keeps size and time, and one that comes at once', async () => {
    const world = worlds.open();
    put(world.workspace, { 'a.txt': 'one', 'b.txt': 'one' });
    await settled(world.workspace);
    const { atime, mtime } = statSync(path.join(world.workspace, 'a.txt'));
    put(world.workspace, { 'b.txt': 'two' });
    await world.take(1);
    put(world.workspace, { 'a.txt': 'two', 'b.txt': '222' });
    utimesSync(path.join(world.workspace, 'a.txt'), atime, mtime);
    await world.take(2);
    expect([treeOf(await world.shown(1)), treeOf(await world.shown(2))]).toEqual([{ 'a.txt': 'one', 'b.txt': 'two' }, { 'a.txt': 'two', 'b.txt': '222' }]);
  });

  it('have the rights that the files had, without that to write, whatever is usual for new files', async () => {
    const world = worlds.open();
    put(world.workspace, { 'run.sh': '#!/bin/sh', 'a.txt': 'a', 'large.bin': 'x'.repeat(300_000) });
    chmodSync(path.join(world.workspace, 'run.sh'), 0o755);
    for (const name of ['a.txt', 'large.bin']) chmodSync(path.join(world.workspace, name), 0o644);
    const usual = process.umask(0o077);
    try {
      await world.take(1);
      const shown = await world.shown(1);
      await world.snapshots.at('ada', 1)!.deliver(path.join(world.base, 'delivered'));
      expect(['run.sh', 'a.txt', 'large.bin', '.'].map((name) => modeOf(shown, name))).toEqual([0o555, 0o444, 0o444, 0o555]);
      expect(['run.sh', 'a.txt', 'large.bin'].map((name) => modeOf(world.base, 'delivered', name))).toEqual([0o755, 0o644, 0o644]);
    } finally {
      process.umask(usual);
    }
  });

  it('share in the log what they have in common, and do without what was taken from it', async () => {
    const world = worlds.open();
    put(world.workspace, { 'same.txt': 'same', 'sub/also.txt': 'same', 'gone.txt': 'same', 'a.txt': '1' });
    await settled(world.workspace);
    const logged = ['log-1', 'log-2'].map((name) => path.join(world.base, name)) as [string, string];
    await world.take(1);
    await world.snapshots.at('ada', 1)!.log(logged[0]);
    rmSync(path.join(logged[0], 'gone.txt'));
    put(world.workspace, { 'a.txt': '2' });
    await world.take(2);
    await world.snapshots.at('ada', 2)!.log(logged[1]);
    expect(treeOf(logged[1])).toEqual({ 'same.txt': 'same', sub: '(folder)', 'sub/also.txt': 'same', 'gone.txt': 'same', 'a.txt': '2' });
    const inodesOf = (name: string): readonly number[] => logged.map((folder) => statSync(path.join(folder, name)).ino);
    expect(['same.txt', 'sub/also.txt', 'a.txt'].map((name) => new Set(inodesOf(name)).size)).toEqual([1, 1, 2]);
  });
});

const accept = (agent: string, rev = 1): object => ({ type: 'answer-accept', agent, turn: 1, rev, label: 'x', text: '', via: 'tool' });
const show = (agent: string, seen: object): object => ({ type: 'call-start', agent, turn: 1, call: 1, seen });

describe.each([['only file tools', []], ['programs too', ['ada']]] as const)('a run whose workspaces are written by %s', (_who, programs) => {
  it('passes answers on for a user who is not root', async () => {
    const base = folders.make();
    giveToNobody(base);
    const told = await asNobody(async () => {
      const world = openWorkspaces(base, { backends: { ada: { cwd: 'one' }, bob: { cwd: 'two' } }, programs });
      try {
        await world.write('ada', 'sub/a.txt', '1');
        const notices = [...(await world.tell(accept('ada', 1), show('bob', { ada: 1 })))];
        await world.write('ada', 'sub/a.txt', '2');
        notices.push(...(await world.tell(show('bob', { ada: 1 }), accept('ada', 2), show('bob', { ada: 2 }))));
        return [...notices, treeOf(path.join(world.workspaces.infoOf('bob')!.peers, 'agent1')), modeOf(world.workspaces.infoOf('bob')!.peers, 'agent1')];
      } finally {
        await world.workspaces.close();
      }
    });
    expect(told).toEqual([{ sub: '(folder)', 'sub/a.txt': '2' }, 0o555]);
  });

  it('that is closed while it copies ends the copy and leaves nothing', async () => {
    const world = openWorkspaces(folders.make(), { backends: { ada: { cwd: 'one' }, bob: { cwd: 'two' } }, programs, unlogged: true });
    putMany(world.workspaces.infoOf('ada')!.workspace, 800);
    const telling = world.tell(accept('ada'));
    await world.workspaces.close();
    expect(await telling).toEqual(["the agents' files could not be passed on: the run is over"]);
    expect(existsSync(world.at('.massgen', 'snapshots')) ? readdirSync(world.at('.massgen', 'snapshots')) : []).toEqual([]);
  });

  it('leaves workspaces that nobody shares when it is over', async () => {
    const world = openWorkspaces(folders.make(), { backends: { ada: { cwd: 'one' } }, programs });
    const workspace = world.workspaces.infoOf('ada')!.workspace;
    put(workspace, { 'a.txt': 'a', 'sub/large.bin': 'x'.repeat(300_000), 'run.sh': '#!/bin/sh' });
    chmodSync(path.join(workspace, 'run.sh'), 0o755);
    await world.tell(accept('ada'));
    await world.workspaces.close();
    expect(['a.txt', 'sub/large.bin', 'run.sh'].map((name) => statSync(path.join(workspace, name)).nlink)).toEqual([1, 1, 1]);
    expect([modeOf(workspace, 'run.sh'), treeOf(workspace)]).toMatchObject([0o755, { 'a.txt': 'a', 'sub/large.bin': 'x'.repeat(300_000) }]);
    for (const name of ['a.txt', 'sub/large.bin']) appendFileSync(path.join(workspace, name), 'later');
    expect(treeOf(world.at('turn_1/ada/1/workspace'))).toEqual({ 'a.txt': 'a', sub: '(folder)', 'sub/large.bin': 'x'.repeat(300_000), 'run.sh': '#!/bin/sh' });
  });
});
