import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openFileWorld, SECRET, treeOf, type FileWorld } from '../../../support/file-world.js';

// One for all: an attempt that changes something fails its own test.
let world: FileWorld;
beforeAll(async () => {
  world = await openFileWorld();
});
afterAll(() => world.close());

type Attempt = readonly [how: string, tool: string, args: (base: string) => object, delivering?: boolean];
const path = (text: string) => () => ({ path: text });
const content = 'overwritten';

/** All of these are refused. `delivering` is what the winner may not do either. */
const attempts: readonly Attempt[] = [
  // Up and out.
  ['reads up and out', 'read_file', path('../outside/secret.txt')],
  ['reads up and out from below', 'read_file', path('sub/../../outside/secret.txt')],
  ['reads far up', 'read_text_file', path('../../../../../../../../../../etc/passwd')],
  ['reads up by an absolute path', 'read_file', (base) => ({ path: `${base}/workspace/../outside/secret.txt` })],
  ['reads up past a folder that does not exist', 'read_file', path('nothing/../../outside/secret.txt')],
  ['reads up with doubled slashes', 'read_file', path('..//..//outside/secret.txt')],
  ['reads up with dots between', 'read_file', path('./././../outside/./secret.txt')],
  ['lists the parent', 'list_directory', path('..')],
  ['lists the parent with sizes', 'list_directory_with_sizes', path('../')],
  ['draws the tree of the parent', 'directory_tree', path('..')],
  ['searches the parent', 'search_files', () => ({ path: '..', pattern: '**' })],
  ['asks about a file outside', 'get_file_info', path('../outside/secret.txt')],
  ['writes up and out', 'write_file', () => ({ path: '../outside/new.txt', content })],
  ['makes a folder outside', 'create_directory', path('../outside/new')],
  ['makes a folder that begins with its workspace’s name', 'create_directory', path('../workspace-evil')],
  // Absolute.
  ['reads an absolute path', 'read_file', path('/etc/passwd')],
  ['reads the root', 'list_directory', path('/')],
  ['reads a folder whose name begins with its workspace’s', 'read_file', (base) => ({ path: `${base}/workspace-other/secret.txt` })],
  ['reads with two slashes in front', 'read_file', path('//etc/passwd')],
  ['writes to an absolute path', 'write_file', (base) => ({ path: `${base}/outside/secret.txt`, content })],
  ['reads beside a single file that it may read', 'read_file', (base) => ({ path: `${base}/beside.txt` })],
  ['lists the folder of a single file that it may read', 'list_directory', (base) => ({ path: base })],
  ['treats a single file as a folder', 'write_file', (base) => ({ path: `${base}/single.txt/x`, content }), true],
  // Links.
  ['reads through a link', 'read_file', path('link.txt')],
  ['reads through a linked folder', 'read_file', path('linked/secret.txt')],
  ['reads through a link to a link', 'read_file', path('link-to-link/folder/secret.txt')],
  ['reads through a link to the root', 'read_file', path('top/etc/passwd')],
  ['goes up from a link', 'read_file', path('linked/../outside/secret.txt')],
  ['lists through a link', 'list_directory', path('linked')],
  ['draws the tree behind a link', 'directory_tree', path('link-to-link')],
  ['writes through a link', 'write_file', () => ({ path: 'link.txt', content })],
  ['writes a new file through a linked folder', 'write_file', () => ({ path: 'linked/new.txt', content })],
  ['writes through a link to what is not there yet', 'write_file', () => ({ path: 'dangling.txt', content })],
  ['edits through a link', 'edit_file', () => ({ path: 'link.txt', edits: [{ oldText: SECRET, newText: content }] })],
  ['makes folders through a link', 'create_directory', path('linked/a/b/c')],
  ['deletes through a link', 'delete_file', path('linked/secret.txt')],
  ['moves something in through a link', 'move_file', () => ({ source: 'linked/secret.txt', destination: 'mine.txt' })],
  ['moves something out through a link', 'move_file', () => ({ source: 'notes.txt', destination: 'linked/notes.txt' })],
  ['copies through a link', 'copy_file', () => ({ source_path: 'link.txt', destination_path: 'mine.txt' })],
  ['copies a folder through a link', 'copy_files_batch', () => ({ source_base_path: 'linked', destination_base_path: 'mine' })],
  ['compares with what is behind a link', 'compare_files', () => ({ file1: 'notes.txt', file2: 'link.txt' })],
  ['follows links in a circle', 'read_file', path('circle-a')],
  ['reads through a link in a context path', 'read_file', (base) => ({ path: `${base}/context/linked/secret.txt` })],
  ['writes through a link in a context path', 'write_file', (base) => ({ path: `${base}/context/linked/new.txt`, content }), true],
  // Second names.
  ['reads a file with a second name', 'read_file', path('hard.txt')],
  ['overwrites a file with a second name', 'write_file', () => ({ path: 'hard.txt', content })],
  ['edits a file with a second name', 'edit_file', () => ({ path: 'hard.txt', edits: [{ oldText: SECRET, newText: content }] })],
  ['moves a file with a second name', 'move_file', () => ({ source: 'hard.txt', destination: 'soft.txt' })],
  ['copies a file with a second name', 'copy_file', () => ({ source_path: 'hard.txt', destination_path: 'soft.txt' })],
  ['overwrites a file with a second name in a context path', 'write_file', (base) => ({ path: `${base}/context/hard.txt`, content }), true],
  // What is no file.
  ['reads its own environment', 'read_file', path('/proc/self/environ')],
  ['reads its own environment by a link', 'read_file', path('environ')],
  ['reads its own environment by its number', 'read_file', path(`/proc/${process.pid}/environ`)],
  ['gets out by its own root', 'read_file', (base) => ({ path: `/proc/self/root${base}/workspace/notes.txt` })],
  ['gets in by its own working directory', 'list_directory', path('/proc/self/cwd')],
  ['reads an open descriptor', 'read_file', path('/proc/self/fd/0')],
  ['reads a device', 'read_file', path('/dev/zero')],
  ['reads a device by a link', 'read_file', path('zero')],
  ['writes to a device', 'write_file', () => ({ path: '/dev/null', content })],
  ['waits at a pipe', 'read_file', path('pipe')],
  ['writes to a pipe', 'write_file', () => ({ path: 'pipe', content })],
  ['reads a socket', 'read_file', path('socket')],
  ['looks at a socket', 'read_media_file', path('socket')],
  // Names.
  ['ends the path early', 'read_file', path('notes.txt\0/../../outside/secret.txt')],
  ['hides a NUL behind an extension', 'write_file', () => ({ path: '../outside/new.txt\0.md', content })],
  ['uses a tilde', 'read_file', path('~/.ssh/id_rsa')],
  ['uses a user’s tilde', 'read_file', path('~root/.bashrc')],
  ['uses a file URL', 'read_file', (base) => ({ path: `file://${base}/outside/secret.txt` })],
  ['uses a short file URL', 'read_file', (base) => ({ path: `file:${base}/outside/secret.txt` })],
  ['uses a FILE URL in capitals', 'read_file', path('FILE:///etc/passwd')],
  ['uses a web address', 'read_file', path('http://127.0.0.1/secret')],
  ['uses backslashes', 'write_file', () => ({ path: '..\\..\\outside\\new.txt', content })],
  ['uses a drive', 'read_file', path('C:/Windows/win.ini')],
  ['uses a network share', 'read_file', path('\\\\server\\share\\secret.txt')],
  ['encodes the dots', 'write_file', () => ({ path: '%2e%2e/outside/new.txt', content })],
  ['encodes the slashes', 'read_file', path('..%2foutside%2fsecret.txt')],
  ['writes dots in full width', 'write_file', () => ({ path: '．．/outside/new.txt', content })],
  ['writes slashes in full width', 'write_file', () => ({ path: '..／outside／new.txt', content })],
  ['writes two dots as one character', 'write_file', () => ({ path: '‥/outside/new.txt', content })],
  ['hides a character without width', 'write_file', () => ({ path: '.\u200b./new.txt', content })],
  ['turns the reading direction', 'write_file', () => ({ path: 'a\u202etxt.exe', content })],
  ['breaks the line', 'write_file', () => ({ path: 'a\nb', content })],
  ['halves a character', 'write_file', () => ({ path: 'a\ud800', content })],
  ['uses three dots', 'read_file', path('.../outside/secret.txt')],
  ['ends a name with a dot', 'write_file', () => ({ path: 'sub./x', content })],
  ['ends a name with a space', 'write_file', () => ({ path: 'sub /x', content })],
  ['has a very long name', 'write_file', () => ({ path: 'x'.repeat(300), content })],
  ['has a very long path', 'write_file', () => ({ path: 'x/'.repeat(3000), content })],
  ['has no path', 'read_file', path('')],
  // As an archive names its files.
  ['unpacks up and out', 'write_file', () => ({ path: 'archive/../../outside/new.txt', content })],
  ['unpacks to an absolute path', 'write_file', () => ({ path: '/tmp/../../../../../../var/massgen-evil/new.txt', content })],
  ['unpacks through a link that came first', 'write_file', () => ({ path: 'linked/archive/new.txt', content })],
  // Peers, earlier turns, the run itself.
  ['writes to a peer’s folder', 'write_file', (base) => ({ path: `${base}/peers/agent2/theirs.txt`, content }), true],
  ['makes a folder among its peers', 'create_directory', (base) => ({ path: `${base}/peers/agent9` }), true],
  ['deletes a peer’s file', 'delete_file', (base) => ({ path: `${base}/peers/agent2/theirs.txt` }), true],
  ['takes a peer’s file away', 'move_file', (base) => ({ source: `${base}/peers/agent2/theirs.txt`, destination: 'theirs.txt' }), true],
  ['writes to the turn before', 'write_file', (base) => ({ path: `${base}/previous/before.txt`, content }), true],
  ['overwrites the mark of ownership', 'write_file', () => ({ path: '.massgen-workspace', content })],
  ['reads the mark of ownership', 'read_file', path('.massgen-workspace')],
  ['reads what the run keeps', 'read_file', path('.massgen/snapshots/b/secret.txt')],
  ['reads the run’s log in a context path', 'read_file', (base) => ({ path: `${base}/context/.massgen/massgen_logs/events.jsonl` }), true],
  // Context paths.
  ['writes to a context path before it delivers', 'write_file', (base) => ({ path: `${base}/context/new.md`, content })],
  ['deletes from a context path before it delivers', 'delete_file', (base) => ({ path: `${base}/context/readme.md` })],
  ['moves out of a context path before it delivers', 'move_file', (base) => ({ source: `${base}/context/readme.md`, destination: 'readme.md' })],
  ['copies into a context path before it delivers', 'copy_file', (base) => ({ source_path: 'notes.txt', destination_path: `${base}/context/notes.txt` })],
  ['writes to a context path for reading', 'write_file', (base) => ({ path: `${base}/reading/book.md`, content }), true],
  ['writes to a protected file', 'write_file', (base) => ({ path: `${base}/context/docs/kept.md`, content }), true],
  ['writes to a protected folder by a link', 'write_file', (base) => ({ path: `${base}/context/docs-by-link/kept.md`, content }), true],
  ['writes to a protected folder in other case', 'write_file', (base) => ({ path: `${base}/context/DOCS/new.md`, content }), true],
  ['moves a protected folder', 'move_file', (base) => ({ source: `${base}/context/docs`, destination: `${base}/context/docs2` }), true],
  ['deletes a protected folder', 'delete_file', (base) => ({ path: `${base}/context/docs`, recursive: true }), true],
  ['deletes the folder around a protected one', 'delete_file', (base) => ({ path: `${base}/context`, recursive: true }), true],
  ['moves the folder around a protected one', 'move_file', (base) => ({ source: `${base}/context`, destination: 'context' }), true],
  ['writes to .git', 'write_file', (base) => ({ path: `${base}/context/.git/hooks/post-checkout`, content }), true],
  ['writes to .GIT', 'write_file', (base) => ({ path: `${base}/context/.GIT/config`, content }), true],
  ['makes a .git further down', 'write_file', (base) => ({ path: `${base}/context/sub/.git/config`, content }), true],
  ['copies a .git in', 'copy_file', (base) => ({ source_path: `${base}/context/.git`, destination_path: `${base}/context/sub/.git` }), true],
  ['writes to node_modules', 'write_file', (base) => ({ path: `${base}/context/node_modules/x/index.js`, content }), true],
  ['deletes a folder with a .venv in it', 'delete_file', (base) => ({ path: `${base}/context/deep`, recursive: true }), true],
  ['moves a folder with a .venv in it', 'move_file', (base) => ({ source: `${base}/context/deep`, destination: `${base}/context/deeper` }), true],
  ['reads .env', 'read_file', (base) => ({ path: `${base}/context/.env` }), true],
  ['writes .env', 'write_file', (base) => ({ path: `${base}/context/.env`, content }), true],
  ['copies .env', 'copy_file', (base) => ({ source_path: `${base}/context/.env`, destination_path: 'env.txt' }), true],
  ['deletes its workspace', 'delete_file', () => ({ path: '.', recursive: true })],
  ['moves its workspace', 'move_file', (base) => ({ source: '.', destination: `${base}/context/all` }), true],
  ['puts something where a root is', 'move_file', (base) => ({ source: 'sub', destination: `${base}/single.txt` }), true],
];

const outside = ({ base }: FileWorld): object => Object.fromEntries(Object.entries(treeOf(base)).filter(([name]) => name !== 'workspace' && !name.startsWith('workspace/')));

describe('an agent that', () => {
  it(`has ${attempts.length} ways to get out is refused all of them, and there are more than 60`, () => expect(attempts.length).toBeGreaterThan(60));

  it.each(attempts)('%s is refused', async (_how, tool, args, delivering = false) => {
    const before = outside(world);
    const inside = treeOf(world.at('workspace'));
    const error = await world.call(tool, args(world.base), delivering).then(
      (outcome) => new Error(`not refused: ${outcome.text}`),
      (thrown: unknown) => thrown as Error,
    );
    expect(error.message).not.toMatch(/not refused|TOP-SECRET|\/proc\/self\/fd\/\d+\//u);
    expect(outside(world)).toEqual(before);
    expect(treeOf(world.at('workspace'))).toEqual(inside);
  });
});

/** Swaps a folder for a link to the outside and back, as fast as it can, until it is ended. */
const SWAP = `
const { renameSync, rmSync, existsSync } = require('node:fs');
const [folder, link, aside] = process.argv.slice(1);
const swap = () => {
  try {
    renameSync(folder, aside);
    renameSync(link, folder);
    renameSync(folder, link);
  } catch {
    // The agent made a folder where there was none for a moment.
    rmSync(folder, { recursive: true, force: true });
  }
  if (existsSync(aside)) renameSync(aside, folder);
};
process.send('ready', () => {
  for (;;) try { swap(); } catch {}
});`;

describe('an agent whose program swaps a folder for a link meanwhile', () => {
  it('gets nothing from outside and puts nothing there', async () => {
    // Not the last folder of the path: of that the open itself says whether it is a link.
    mkdirSync(world.at('workspace/sub/folder'));
    world.write('workspace/sub/folder/secret.txt', 'mine');
    const names = ['workspace/sub', 'workspace/linked', 'workspace/aside'].map((name) => world.at(name));
    const before = outside(world);
    const swapper = spawn(process.execPath, ['-e', SWAP, ...names], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const ended = once(swapper, 'exit');
    const seen = new Set<string>();
    try {
      await once(swapper, 'message');
      for (let round = 0; round < 300; round += 1) {
        const read = world.call('read_file', { path: 'sub/folder/secret.txt' }).then(({ text }) => text, () => 'refused');
        const wrote = world.call('write_file', { path: `sub/folder/new-${round}.txt`, content: 'x' }).then(() => 'written', () => 'refused');
        for (const each of await Promise.all([read, wrote])) seen.add(each);
      }
    } finally {
      swapper.kill('SIGKILL');
      await ended;
    }
    expect(outside(world)).toEqual(before);
    expect([...seen].filter((each) => !['mine', 'refused', 'written'].includes(each))).toEqual([]);
    expect(seen.has('refused')).toBe(true);
  });
});
