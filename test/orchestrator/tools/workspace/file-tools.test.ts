import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { asksForFiles, fileToolNames } from '../../../../src/orchestrator/tools/workspace/files/file-tool-names.js';
import { openFileTools } from '../../../../src/orchestrator/tools/workspace/files/file-source.js';
import { FILE_LIMITS } from '../../../../src/orchestrator/tools/workspace/files/file-space.js';
import { createPathPolicy } from '../../../../src/orchestrator/tools/workspace/paths/path-policy.js';
import { openFileWorld, type FileWorld } from '../../../support/file-world.js';

let world: FileWorld;
beforeEach(async () => {
  world = await openFileWorld();
});
afterEach(() => world.close());

const textOf = async (tool: string, args: object, delivering = false): Promise<string> => (await world.call(tool, args, delivering)).text;
const messageOf = async (tool: string, args: object, delivering = false): Promise<string> => await world.call(tool, args, delivering).then(() => 'done', (error: unknown) => (error as Error).message);
const inWorkspace = (name: string): string => readFileSync(world.at('workspace', name), 'utf8');

describe('the paths that an agent may use', () => {
  it.each([
    ['its workspace', 'notes.txt'],
    ['its workspace by way of a folder', './sub/../notes.txt'],
    ['a link that stays inside', 'inner-link'],
  ])('reads in %s', async (_where, path) => expect(await textOf('read_file', { path })).toMatch(/\.txt\n$/u));

  it.each([
    ['an absolute path of its workspace', 'workspace/notes.txt'],
    ['a peer’s folder', 'peers/agent2/theirs.txt'],
    ['the turn before', 'previous/before.txt'],
    ['a context path', 'context/readme.md'],
    ['a protected path', 'context/docs/kept.md'],
    ['node_modules of a context path', 'context/node_modules/x/index.js'],
    ['a file with a second name that the user gave it', 'context/hard.txt'],
    ['a single file', 'single.txt'],
  ])('reads %s', async (_where, name) => expect((await textOf('read_file', { path: world.at(name) })).length).toBeGreaterThan(5));

  it.each(['été/naïve 文件.txt', 'with space/a b.txt', '-dash', '...dots.txt', 'a:b.txt', '.hidden', '.env', '.git/config', 'node_modules/x.js'])('writes %s in its workspace', async (path) => {
    await world.call('write_file', { path, content: 'new' });
    expect(inWorkspace(path)).toBe('new');
  });

  it('writes to a context path while it delivers, and keeps the mode of a file', async () => {
    writeFileSync(world.at('context/run.sh'), 'old', { mode: 0o755 });
    for (const path of ['new/folder/file.md', 'readme.md', 'run.sh']) await world.call('write_file', { path: world.at('context', path), content: 'delivered' }, true);
    expect(readFileSync(world.at('context/new/folder/file.md'), 'utf8')).toBe('delivered');
    expect(statSync(world.at('context/run.sh')).mode & 0o777).toBe(0o755);
  });

  it('writes to a single file while it delivers, and makes nothing beside it', async () => {
    const before = statSync(world.at('single.txt')).ino;
    await world.call('write_file', { path: world.at('single.txt'), content: 'new' }, true);
    expect([readFileSync(world.at('single.txt'), 'utf8'), statSync(world.at('single.txt')).ino]).toEqual(['new', before]);
  });

  it('says when a context path can be written', async () => expect(await messageOf('write_file', { path: world.at('context/new.md'), content: '' })).toMatch(/only while the final answer is presented/u));

  it('lets the deepest of several roots decide', async () => {
    const roots = [
      { kind: 'context', path: world.at('context'), right: 'read' },
      { kind: 'context', path: world.at('context/docs'), right: 'deliver' },
      { kind: 'context', path: world.at('context/.env'), right: 'read' },
    ] as const;
    const policy = createPathPolicy(roots, world.at('workspace'));
    expect(['context/docs/kept.md', 'context/readme.md', 'context/.env', 'context/.massgen'].map((name) => policy.rightAt(world.at(name), true))).toEqual(['write', 'read', 'read', 'none']);
  });

  it('knows a place by the name with links that it was given by', async () => {
    symlinkSync(world.at('reading'), world.at('by-link'));
    const policy = createPathPolicy([{ kind: 'context', path: world.at('reading'), writtenAs: world.at('by-link'), right: 'read' }], world.at('workspace'));
    expect((await policy.place(world.at('by-link/book.md'), 'read', false)).path).toBe(world.at('reading/book.md'));
  });
});

describe('reading', () => {
  it('gives first and last lines', async () => {
    world.write('workspace/lines.txt', 'a\nb\nc\nd\n');
    expect([await textOf('read_file', { path: 'lines.txt', head: 2 }), await textOf('read_text_file', { path: 'lines.txt', tail: 2 }), await messageOf('read_file', { path: 'lines.txt', head: 1, tail: 1 })]).toEqual(['a\nb', 'd\n', 'Cannot specify both head and tail parameters simultaneously']);
  });

  it('refuses what is too long to read at once, and gives its first and last lines', async () => {
    world.close();
    world = await openFileWorld({ limits: { readBytes: 1000 } });
    world.write('workspace/long.txt', Array.from({ length: 500 }, (_none, index) => `line ${index}`).join('\n'));
    expect(await messageOf('read_file', { path: 'long.txt' })).toMatch(/more than the 1000 that are read at once: ask for its first lines/u);
    expect([await textOf('read_file', { path: 'long.txt', head: 2 }), await textOf('read_file', { path: 'long.txt', tail: 2 })]).toEqual(['line 0\nline 1', 'line 498\nline 499']);
  });

  it('reads UTF-16 and leaves out a byte order mark', async () => {
    writeFileSync(world.at('workspace/wide.txt'), Buffer.from('\ufeffwide', 'utf16le'));
    writeFileSync(world.at('workspace/marked.txt'), '\ufeffmarked');
    expect([await textOf('read_file', { path: 'wide.txt' }), await textOf('read_file', { path: 'marked.txt' })]).toEqual(['wide', 'marked']);
  });

  it('reads text from before UTF-8, and does not edit what it could not write again', async () => {
    const [old, wide] = [Buffer.from('caf\xe9, 5 \x80\n', 'latin1'), Buffer.from('\ufeffwide', 'utf16le')];
    writeFileSync(world.at('workspace/old.csv'), old);
    writeFileSync(world.at('workspace/wide.txt'), wide);
    expect(await textOf('read_file', { path: 'old.csv' })).toBe('café, 5 €\n');
    for (const name of ['old.csv', 'wide.txt']) expect(await messageOf('edit_file', { path: name, edits: [{ oldText: 'e', newText: 'x' }] })).toContain('is not in UTF-8');
    expect([readFileSync(world.at('workspace/old.csv')), readFileSync(world.at('workspace/wide.txt'))]).toEqual([old, wide]);
  });

  it('edits a file with a byte order mark and leaves it there', async () => {
    writeFileSync(world.at('workspace/marked.ps1'), '\ufeffone two');
    await textOf('edit_file', { path: 'marked.ps1', edits: [{ oldText: 'one', newText: 'two' }] });
    expect(readFileSync(world.at('workspace/marked.ps1'), 'utf8')).toBe('\ufefftwo two');
  });

  it.each([
    ['a NUL', Buffer.from('a\0b')],
    ['bytes that are neither UTF-8 nor older text', Buffer.from([0x61, 0xff, 0x02, 0x62])],
  ])('says that a file with %s is no text', async (_what, bytes) => {
    writeFileSync(world.at('workspace/binary'), bytes);
    expect(await messageOf('read_file', { path: 'binary' })).toMatch(/no text but a binary file; pictures can be seen with read_media_file/u);
  });

  it('shows a picture for what it is, whatever its name', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(20)]);
    writeFileSync(world.at('workspace/picture.txt'), png);
    expect((await world.call('read_media_file', { path: 'picture.txt' })).images).toEqual([{ type: 'image', mediaType: 'image/png', base64: png.toString('base64') }]);
    expect(await messageOf('read_media_file', { path: 'notes.txt' })).toMatch(/no PNG, JPEG, GIF or WebP/u);
  });

  it('reads the others of several files when one fails', async () => expect(await textOf('read_multiple_files', { paths: ['notes.txt', 'none.txt', '../outside/secret.txt'] })).toMatch(/^notes.txt:\nnotes.txt\n\n\n---\nnone.txt: Error - ENOENT[^\n]*\n---\n\.\.\/outside\/secret\.txt: Error - Access denied/u));

  it('says in plain words what is not there', async () => expect(await messageOf('read_file', { path: 'no/where.txt' })).toBe('ENOENT: no such file or directory: no/where.txt'));
});

describe('writing', () => {
  it('replaces a file at once, leaving no draft behind', async () => {
    const before = statSync(world.at('workspace/notes.txt')).ino;
    await world.call('write_file', { path: 'notes.txt', content: 'second' });
    expect([inWorkspace('notes.txt'), statSync(world.at('workspace/notes.txt')).ino === before]).toEqual(['second', false]);
    expect(await textOf('list_directory', { path: '.' })).not.toMatch(/\.massgen/u);
  });

  it('refuses more than the limit', async () => {
    world.close();
    world = await openFileWorld({ limits: { writeBytes: 10 } });
    expect(await messageOf('write_file', { path: 'big.txt', content: 'x'.repeat(11) })).toBe('11 bytes are more than the 10 that are written at once');
  });

  it('edits, keeping Windows line endings, and only shows a dry run', async () => {
    world.write('workspace/dos.txt', 'one\r\ntwo\r\n');
    const edits = [{ oldText: 'one\ntwo', newText: 'one\n2' }];
    expect(await textOf('edit_file', { path: 'dos.txt', edits, dryRun: true })).toMatch(/-two\n\+2\n/u);
    expect(inWorkspace('dos.txt')).toBe('one\r\ntwo\r\n');
    await world.call('edit_file', { path: 'dos.txt', edits });
    expect(inWorkspace('dos.txt')).toBe('one\r\n2\r\n');
    expect(await messageOf('edit_file', { path: 'dos.txt', edits })).toMatch(/^Could not find exact match for edit/u);
  });

  it('edits where only the indentation differs', async () => {
    world.write('workspace/code.py', 'def f():\n    if x:\n        return 1\n');
    await world.call('edit_file', { path: 'code.py', edits: [{ oldText: 'if x:\n    return 1', newText: 'if y:\n    return 2' }] });
    expect(inWorkspace('code.py')).toBe('def f():\n    if y:\n    return 2\n');
  });

  it('takes no time over an edit and a diff that are made to take long', async () => {
    world.write('workspace/long.txt', ' \n'.repeat(300_000));
    const from = performance.now();
    expect(await messageOf('edit_file', { path: 'long.txt', edits: [{ oldText: `${'\t\n'.repeat(150_000)}x`, newText: '' }] })).toMatch(/^Could not find exact match/u);
    world.write('workspace/one.txt', Array.from({ length: 60_000 }, (_none, index) => String(index * 7919)).join('\n'));
    world.write('workspace/other.txt', Array.from({ length: 60_000 }, (_none, index) => String(index * 104_729 + 1)).join('\n'));
    expect(await textOf('compare_files', { file1: 'one.txt', file2: 'other.txt' })).toMatch(/more places than can be shown/u);
    expect(performance.now() - from).toBeLessThan(15_000);
  });

  it('moves a folder, and does not replace what is there', async () => {
    await world.call('move_file', { source: 'sub', destination: 'a/b' });
    expect(inWorkspace('a/b/deep.txt')).toBe('deep.txt\n');
    expect(await messageOf('move_file', { source: 'notes.txt', destination: 'a/b/deep.txt' })).toBe('Destination already exists: a/b/deep.txt');
  });

  it('copies from a peer, one file or many', async () => {
    await world.call('copy_file', { source_path: world.at('peers/agent2'), destination_path: 'theirs' });
    expect(inWorkspace('theirs/theirs.txt')).toBe('theirs.txt\n');
    expect(await messageOf('copy_file', { source_path: world.at('peers/agent2/theirs.txt'), destination_path: 'theirs/theirs.txt' })).toMatch(/^Destination already exists/u);
    expect(await textOf('copy_files_batch', { source_base_path: world.at('context'), destination_base_path: 'c', include_patterns: ['*.md'], exclude_patterns: ['docs/**'] })).toBe(`Successfully copied 1 file from ${world.at('context')} to c`);
    expect(inWorkspace('c/readme.md')).toBe('readme.md\n');
  });

  it('deletes what was read or made, and nothing else', async () => {
    expect(await messageOf('delete_file', { path: 'notes.txt' })).toBe('Access denied - notes.txt: read notes.txt before you delete it');
    expect(await messageOf('delete_file', { path: 'sub', recursive: true })).toMatch(/read deep.txt before/u);
    await world.call('read_file', { path: 'notes.txt' });
    await world.call('write_file', { path: 'made.txt', content: '' });
    for (const path of ['notes.txt', 'made.txt']) expect(await messageOf('delete_file', { path })).toBe('done');
    await world.call('read_multiple_files', { paths: ['sub/deep.txt'] });
    expect(await messageOf('delete_file', { path: 'sub' })).toMatch(/"recursive": true/u);
    expect(await messageOf('delete_file', { path: 'sub', recursive: true })).toBe('done');
  });

  it('deletes many by pattern, and unread ones where that is allowed', async () => {
    world.close();
    world = await openFileWorld({ readBeforeDelete: false });
    await world.call('write_file', { path: 'x/a.tmp', content: '' });
    expect(await textOf('delete_files_batch', { base_path: '.', include_patterns: ['*.tmp', 'deep.*'] })).toBe('Successfully deleted 2 files in .');
  });
});

describe('looking around', () => {
  it('compares folders and files', async () => {
    await world.call('copy_file', { source_path: world.at('peers/agent2'), destination_path: 'mine' });
    expect(await textOf('compare_directories', { dir1: 'mine', dir2: world.at('peers/agent2') })).toMatch(/hold the same files$/u);
    await world.call('write_file', { path: 'mine/theirs.txt', content: 'changed\n' });
    await world.call('write_file', { path: 'mine/more.txt', content: '' });
    expect(await textOf('compare_directories', { dir1: 'mine', dir2: world.at('peers/agent2'), show_content_diff: true })).toMatch(/Only in mine:\n {2}more\.txt\nDifferent:\n {2}theirs\.txt\n[\s\S]*-changed\n\+theirs\.txt/u);
    expect(await textOf('compare_files', { file1: 'mine/theirs.txt', file2: world.at('peers/agent2/theirs.txt') })).toMatch(/-changed\n\+theirs\.txt/u);
  });

  it('shows neither the mark of ownership nor what the run keeps', async () => {
    const seen = await Promise.all(['list_directory', 'list_directory_with_sizes', 'directory_tree'].map(async (tool) => await textOf(tool, { path: '.' })));
    expect(seen.join('\n') + (await textOf('search_files', { path: '.', pattern: '**' }))).not.toMatch(/\.massgen/u);
  });

  it('does not walk through links', async () => expect(await textOf('search_files', { path: '.', pattern: '**/*.txt' })).toBe(['hard.txt', 'inner-link', 'notes.txt', 'sub/deep.txt'].filter((name) => name.endsWith('.txt')).map((name) => world.at('workspace', name)).join('\n')));

  it('says where it may work', async () => expect(await textOf('list_allowed_directories', {})).toBe(`Allowed directories:\n${world.at('workspace')}\n${world.at('peers')} (read-only)\n${world.at('previous')} (read-only)\n${world.at('context')} (read-only until the final answer is presented)\n${world.at('reading')} (read-only)\n${world.at('single.txt')} (read-only until the final answer is presented)`));

  it('stops at a folder with more than the limit', async () => {
    world.close();
    world = await openFileWorld({ limits: { entries: 3 } });
    expect([await messageOf('directory_tree', { path: '.' }), await messageOf('search_files', { path: '.', pattern: '**' })]).toEqual([expect.stringMatching(/more than the 3/u), expect.stringMatching(/more than the 3/u)]);
  });
});

describe('the tools', () => {
  const space = () => ({ policy: createPathPolicy([], '/'), ownLinks: () => 0, known: new Set<string>(), readBeforeDelete: true, limits: FILE_LIMITS });
  const names = (choice: object): readonly string[] => openFileTools(space(), ['where it is'], choice).tools().map(({ name }) => name);

  it('are those of the reference server and of MassGen, known by the names of both and of OpenFang', () => {
    const tools = openFileTools(space(), []).tools();
    expect(tools.map(({ name }) => name).sort()).toEqual(
      ['compare_directories', 'compare_files', 'copy_file', 'copy_files_batch', 'create_directory', 'delete_file', 'delete_files_batch', 'directory_tree', 'edit_file', 'get_file_info', 'list_allowed_directories', 'list_directory', 'list_directory_with_sizes', 'move_file', 'read_file', 'read_media_file', 'read_multiple_files', 'read_text_file', 'search_files', 'write_file'],
    );
    expect([...fileToolNames].sort()).toEqual(tools.map(({ name }) => name).sort());
    expect(tools.find(({ name }) => name === 'list_directory')?.aliases).toEqual(['mcp__filesystem__list_directory', 'file_list']);
    expect(tools.find(({ name }) => name === 'copy_file')?.aliases).toEqual(['mcp__workspace_tools__copy_file']);
    expect(tools.filter(({ effects }) => effects === 'none').length).toBe(12);
  });

  it.each(['read_text_file', 'create_directory', 'read_*', '*_file', 'file_list', 'mcp__filesystem', 'mcp__filesystem__*', 'mcp__workspace_tools__copy_file', 'delete_file|move_file', 'file_*', 'file_r*', 'edit_file*', 'list_directory*', 'web_fetch|directory_t*', '*'])('are asked for by %s in a list', (name) => expect(asksForFiles(['web_fetch', name])).toBe(true));

  it.each(['get_*', 'mcp__memory__read_graph', 'mcp__files__read_file', 'web_*', 'shell_exec', 'file_upload*', 'profile_*', 'list_*'])('are not asked for by %s', (name) => expect(asksForFiles([name])).toBe(false));

  it('only write where the agent works through a shell', () => expect(names({ writersOnly: true })).toEqual(['write_file', 'edit_file']));
});
