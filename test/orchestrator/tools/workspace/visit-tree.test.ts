import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { copyLarge, openSource, readSmall, SMALL_BYTES, type Count } from '../../../../src/orchestrator/tools/workspace/copies/source-file.js';
import { visitTree, type TreeVisitor } from '../../../../src/orchestrator/tools/workspace/copies/visit-tree.js';
import { SECRET } from '../../../support/file-world.js';
import { put, temporaryFolders } from '../../../support/workspaces.js';

const folders = temporaryFolders();
afterEach(() => folders.clear());

interface Told {
  readonly folders: string[];
  /** By name, what was read. */
  readonly files: Record<string, string>;
  readonly links: string[];
}

const takesAll = (): Count & { left: number } => {
  const count = { left: 0, takes: () => true, leave: () => void (count.left += 1) };
  return count;
};

/** Visits a tree; `before` is done between a file's being found and its being read. */
async function visit(root: string, before: (name: string) => void): Promise<Told> {
  const [told, buffer, count]: [Told, Buffer, Count] = [{ folders: [], files: {}, links: [] }, Buffer.alloc(SMALL_BYTES), takesAll()];
  const visitor: TreeVisitor = {
    folder: (name) => void told.folders.push(name),
    folderEnd: () => undefined,
    link: (name) => void told.links.push(name),
    unreadable: count.leave,
    file: (at, name) => {
      before(name);
      const source = openSource(at, count);
      if (source !== undefined) told.files[name] = buffer.toString('utf8', 0, readSmall(source, buffer, 0));
      return undefined;
    },
  };
  await visitTree(root, visitor);
  return told;
}

function layOut(): { readonly base: string; readonly root: string; readonly swap: (name: string, target: string) => void } {
  const base = folders.make();
  const root = path.join(base, 'root');
  put(base, { 'outside/a.txt': SECRET, 'outside/inner/a.txt': SECRET, 'root/first.txt': 'mine', 'root/sub/a.txt': 'mine', 'root/sub/inner/a.txt': 'mine' });
  const swap = (name: string, target: string): void => {
    renameSync(path.join(root, name), path.join(base, 'aside'));
    symlinkSync(path.join(base, target), path.join(root, name));
  };
  return { base, root, swap };
}

describe('a tree that is changed while it is visited', () => {
  it('has no folder where there is a link by now', async () => {
    const { root, swap } = layOut();
    expect(await visit(root, (name) => (name === 'first.txt' ? swap('sub', 'outside') : undefined))).toEqual({ folders: [''], files: { 'first.txt': 'mine' }, links: [] });
  });

  it('has no folder whose path leads through a link by now', async () => {
    const { root, swap } = layOut();
    expect(await visit(root, (name) => (name === 'a.txt' ? swap('sub', 'outside') : undefined))).toEqual({ folders: ['', 'sub'], files: { 'first.txt': 'mine', 'a.txt': 'mine' }, links: [] });
  });

  it('has the files that its folders had when they were opened', async () => {
    const { base, root } = layOut();
    rmSync(path.join(root, 'sub/inner'), { recursive: true });
    const told = await visit(root, (name) => {
      if (name !== 'a.txt') return;
      renameSync(path.join(root, 'sub'), path.join(base, 'aside'));
      mkdirSync(path.join(root, 'sub'));
      symlinkSync(path.join(base, 'outside/a.txt'), path.join(root, 'sub/a.txt'));
    });
    expect(told.files).toEqual(process.platform === 'linux' ? { 'first.txt': 'mine', 'a.txt': 'mine' } : { 'first.txt': 'mine' });
  });

  it.each(['a link', 'a pipe', 'a folder', 'nothing'])('has no file where there is %s by now', async (what) => {
    const { root, swap } = layOut();
    const at = path.join(root, 'first.txt');
    const told = await visit(root, (name) => {
      if (name !== 'first.txt') return;
      if (what === 'a link') swap('first.txt', 'outside/a.txt');
      else rmSync(at);
      if (what === 'a pipe') execFileSync('mkfifo', [at]);
      if (what === 'a folder') mkdirSync(at);
    });
    expect(told.files).toEqual({ 'a.txt': 'mine' });
  });

  it('has no folder that is gone', async () => {
    const { root } = layOut();
    expect((await visit(root, () => rmSync(path.join(root, 'sub'), { recursive: true, force: true }))).folders).toEqual(['']);
  });
});

describe('a file that is copied', () => {
  it('is what was opened, whatever is in its place by now', async () => {
    const base = folders.make();
    const [at, to] = [path.join(base, 'large.bin'), path.join(base, 'copy')];
    put(base, { 'large.bin': 'x'.repeat(2 * SMALL_BYTES), 'secret.bin': SECRET });
    const source = openSource(at, takesAll())!;
    rmSync(at);
    if (process.platform === 'linux') symlinkSync(path.join(base, 'secret.bin'), at);
    else writeFileSync(at, 'x'.repeat(2 * SMALL_BYTES));
    await copyLarge(source, at, to);
    expect(readFileSync(to, 'utf8')).toBe('x'.repeat(2 * SMALL_BYTES));
  });

  it('and is not taken, stays behind and is closed', () => {
    const base = folders.make();
    put(base, { 'a.txt': 'a' });
    const count = takesAll();
    const openNow = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = openNow();
    for (let time = 0; time < 20; time += 1) expect(openSource(path.join(base, 'a.txt'), { ...count, takes: () => false, leave: count.leave })).toBeUndefined();
    expect([count.left, openNow()]).toEqual([20, before]);
  });

  it('and shrinks meanwhile is copied as far as it goes', () => {
    const base = folders.make();
    const at = path.join(base, 'a.bin');
    writeFileSync(at, 'x'.repeat(1000));
    const source = openSource(at, takesAll())!;
    truncateSync(at, 400);
    expect(readSmall(source, Buffer.alloc(SMALL_BYTES), 0)).toBe(400);
  });
});
