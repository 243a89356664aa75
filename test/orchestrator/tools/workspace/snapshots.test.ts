import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, linkSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { asNobody, giveToNobody } from '../../../support/as-nobody.js';
import { SECRET, treeOf } from '../../../support/file-world.js';
import { putMany, snapshotWorlds } from '../../../support/snapshots.js';
import { put } from '../../../support/workspaces.js';

const worlds = snapshotWorlds();
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
  }
  await worlds.close();
});

const ODD = {
  'plain.txt': 'plain',
  'empty.txt': '',
  '-rf': 'like an option',
  'new\nline.txt': 'line',
  'ünïcode ☂.txt': '☂',
  "'; rm -rf $HOME #.txt": 'quoted',
  'deep/er/and/deeper.txt': 'deep',
  'large.bin': 'x'.repeat(300_000),
  'deep/larger.bin': 'yz'.repeat(700_000),
};

describe.each([['by second names', true], ['by copying', false]] as const)('the copy of a workspace %s', (_how, byLink) => {
  it('has every file as it was, whatever its name and size', async () => {
    const world = worlds.open({ byLink });
    put(world.workspace, ODD);
    putMany(world.workspace, 800);
    mkdirSync(path.join(world.workspace, 'empty folder'));
    symlinkSync('../plain.txt', path.join(world.workspace, 'deep/link.txt'));
    const before = treeOf(world.workspace);
    expect(await world.take(1)).toMatchObject({ files: Object.keys(ODD).length + 800, left: 0 });
    const shown = await world.shown(1);
    expect(treeOf(shown)).toEqual(before);
    expect(readlinkSync(path.join(shown, 'deep/link.txt'))).toBe('../plain.txt');
  });

  it('holds no more than it may, and says how many files stayed behind', async () => {
    const world = worlds.open({ byLink, limits: { files: 5, bytes: 1_000_000 } });
    put(world.workspace, Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`${index}.txt`, 'x'])));
    expect(await world.take(1)).toEqual({ files: 5, bytes: 5, left: 3 });
    expect(Object.keys(treeOf(await world.shown(1)))).toHaveLength(5);
    const other = worlds.open({ byLink, limits: { files: 5, bytes: 1000 } });
    put(other.workspace, { 'a.txt': 'a', 'large.bin': 'x'.repeat(300_000) });
    expect(await other.take(1)).toEqual({ files: 1, bytes: 1, left: 1 });
  });

  it('leaves out what may not be read, what is gone and what has a name elsewhere', async () => {
    const world = worlds.open({ byLink });
    put(world.base, { 'outside.txt': SECRET });
    put(world.workspace, { 'a.txt': 'a', 'locked.txt': 'x', 'shut/b.txt': 'b' });
    linkSync(path.join(world.base, 'outside.txt'), path.join(world.workspace, 'hard.txt'));
    giveToNobody(...['.', 'workspace', 'workspace/a.txt', 'workspace/shut'].map((name) => path.join(world.base, name)));
    chmodSync(path.join(world.workspace, 'locked.txt'), 0);
    chmodSync(path.join(world.workspace, 'shut'), 0);
    const copied = await asNobody(() => world.take(1));
    expect(readdirSync(await world.shown(1)).filter((name) => name !== 'locked.txt')).toEqual(['a.txt']);
    // A second name needs no right to read where the system lets everybody give one.
    expect(copied.files + copied.left).toBe(4);
    chmodSync(path.join(world.workspace, 'shut'), 0o700);
  });

  it('lets other work go on, and has few files open at a time', async () => {
    const world = worlds.open({ byLink });
    putMany(world.workspace, 800);
    const openNow = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = openNow();
    let [isTaken, rounds, most] = [false, 0, 0];
    const taking = world.take(1).finally(() => (isTaken = true));
    for (; !isTaken; rounds += 1) {
      await setImmediate();
      most = Math.max(most, openNow());
    }
    await taking;
    expect(rounds).toBeGreaterThan(1);
    expect(most - before).toBeLessThan(8);
  });

  it('ends when it is told to, and leaves nothing when it is closed', async () => {
    const abort = new AbortController();
    const world = worlds.open({ byLink, signal: abort.signal });
    putMany(world.workspace, 800);
    const taking = world.take(1);
    abort.abort(new Error('the run is over'));
    await expect(taking).rejects.toThrow('the run is over');
    expect(world.snapshots.at('ada', 1)).toBeUndefined();
    await world.snapshots.close();
    expect(readdirSync(world.base)).toEqual(['workspace']);
  });

  it('is not made of a workspace that is no folder any more', async () => {
    const world = worlds.open({ byLink });
    put(world.base, { 'outside/secret.txt': SECRET });
    rmSync(world.workspace, { recursive: true });
    symlinkSync(path.join(world.base, 'outside'), world.workspace);
    await expect(world.take(1)).rejects.toThrow(/ELOOP|ENOTDIR|not a directory/u);
  });
});

/** Puts links, pipes and nothing in the place of files and folders and back, as fast as it can, until it is ended. */
const SWAP = `
const { renameSync, symlinkSync, unlinkSync, writeFileSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const [workspace, outside] = process.argv.slice(1);
process.chdir(workspace);
symlinkSync(outside, '../link-folder');
symlinkSync(outside + '/folder', '../link-inner');
symlinkSync(outside + '/secret.txt', '../link-file');
execFileSync('mkfifo', ['../pipe']);
const swap = (name, other) => {
  renameSync(name, '../aside');
  renameSync(other, name);
  renameSync(name, other);
  renameSync('../aside', name);
};
process.send('ready', () => {
  for (let round = 0; ; round += 1) {
    swap('sub', '../link-folder');
    swap('sub/folder', '../link-inner');
    swap('sub/folder/' + (round % 50) + '.txt', '../link-file');
    swap('sub/folder/' + (round % 50) + '.txt', '../pipe');
    writeFileSync('comes-and-goes.txt', 'mine');
    unlinkSync('comes-and-goes.txt');
  }
});`;

describe('a program that swaps files and folders for links and pipes while they are copied', () => {
  it('gets nothing from outside and stops nothing', async () => {
    const world = worlds.open();
    const inner = (content: string): Readonly<Record<string, string>> => Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`folder/${index}.txt`, content]));
    put(path.join(world.base, 'outside'), { ...inner(SECRET), 'secret.txt': SECRET });
    put(path.join(world.workspace, 'sub'), inner('mine'));
    put(world.workspace, { 'always.txt': 'mine' });
    const swapper = spawn(process.execPath, ['-e', SWAP, world.workspace, path.join(world.base, 'outside')], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    children.push(swapper);
    await once(swapper, 'message');
    const seen = new Set<string>();
    for (let rev = 1; rev <= 60; rev += 1) {
      expect((await world.take(rev)).files).toBeGreaterThan(0);
      for (const content of Object.values(treeOf(await world.shown(rev)))) seen.add(content);
    }
    expect(swapper.exitCode).toBeNull();
    expect([...seen].filter((content) => !['mine', '', '(folder)'].includes(content))).toEqual([]);
  });
});
