import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { withFolder } from '../paths/confined.js';
import { text, texts, textOf, textsOf, type FileCall, type FileSpace, type FileTool } from './file-space.js';
import { globTest } from './glob.js';
import { entriesOf, walk, type Entry } from './walk.js';

const folder = text('The folder. Relative paths start in your workspace.');
const excludes = texts('Patterns of what is left out.');

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

function sizeText(bytes: number): string {
  const unit = bytes <= 0 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), UNITS.length - 1);
  return unit === 0 ? `${Math.max(0, bytes)} B` : `${(bytes / 1024 ** unit).toFixed(2)} ${UNITS[unit] ?? ''}`;
}

const tag = ({ kind }: Entry): string => (kind === 'folder' ? '[DIR]' : '[FILE]');

async function listed({ space, args, context }: FileCall): Promise<{ readonly place: string; readonly entries: readonly Entry[] }> {
  const { path: place } = await space.policy.place(textOf(args, 'path', '.'), 'read', context.delivering);
  return { place, entries: await entriesOf(space, place, context.delivering) };
}

async function list(call: FileCall): Promise<{ readonly text: string }> {
  const { entries } = await listed(call);
  return { text: entries.map((entry) => `${tag(entry)} ${entry.name}`).join('\n') };
}

async function listWithSizes(call: FileCall): Promise<{ readonly text: string }> {
  const { place, entries } = await listed(call);
  const sized = await withFolder(place, async (open) =>
    await Promise.all(entries.map(async (entry) => ({ entry, isFolder: entry.kind === 'folder', size: entry.kind === 'folder' ? 0 : await lstat(open.at(entry.name)).then(({ size }) => size, () => 0) }))),
  );
  const sorted = sized.sort((one, other) => (call.args['sortBy'] === 'size' ? other.size - one.size : one.entry.name.localeCompare(other.entry.name)));
  const rows = sorted.map(({ entry, isFolder, size }) => `${tag(entry)} ${entry.name.padEnd(30)} ${isFolder ? '' : sizeText(size).padStart(10)}`);
  const folders = sized.filter(({ isFolder }) => isFolder).length;
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  return { text: [...rows, '', `Total: ${sized.length - folders} files, ${folders} directories`, `Combined size: ${sizeText(total)}`].join('\n') };
}

interface Branch {
  readonly name: string;
  readonly type: 'file' | 'directory';
  readonly children?: Branch[];
}

/** A pattern without a star names a file or folder wherever it is. */
function isExcluded(patterns: readonly string[]): (relative: string) => boolean {
  const tests = patterns.flatMap((pattern) => (pattern.includes('*') ? [pattern] : [pattern, `**/${pattern}`, `**/${pattern}/**`])).map(globTest);
  return (relative) => tests.some((test) => test(relative));
}

async function tree({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const { path: place } = await space.policy.place(textOf(args, 'path', '.'), 'read', context.delivering);
  const excluded = isExcluded(textsOf(args, 'excludePatterns'));
  const isLeftOut = (entry: Entry): boolean => excluded(path.relative(place, entry.path));
  const top: Branch[] = [];
  const branches = new Map<string, Branch[]>([[place, top]]);
  for await (const entry of walk(space, place, context.delivering, (each) => !isLeftOut(each))) {
    if (isLeftOut(entry)) continue;
    const children: Branch[] = [];
    if (entry.kind === 'folder') branches.set(entry.path, children);
    branches.get(path.dirname(entry.path))?.push({ name: entry.name, type: entry.kind === 'folder' ? 'directory' : 'file', ...(entry.kind === 'folder' ? { children } : {}) });
  }
  return { text: JSON.stringify(top, null, 2) };
}

async function leadsInside({ policy }: FileSpace, entry: Entry, delivering: boolean): Promise<boolean> {
  return entry.kind !== 'link' || (await policy.place(entry.path, 'read', delivering).then(() => true, () => false));
}

async function search({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const { path: place } = await space.policy.place(textOf(args, 'path', '.'), 'read', context.delivering);
  const wanted = globTest(textOf(args, 'pattern'));
  const left = textsOf(args, 'excludePatterns').map(globTest);
  const isLeftOut = (entry: Entry): boolean => left.some((test) => test(path.relative(place, entry.path)));
  const found: string[] = [];
  for await (const entry of walk(space, place, context.delivering, (each) => !isLeftOut(each))) {
    context.signal.throwIfAborted();
    if (!isLeftOut(entry) && wanted(path.relative(place, entry.path)) && (await leadsInside(space, entry, context.delivering))) found.push(entry.path);
  }
  return { text: found.length > 0 ? found.join('\n') : 'No matches found' };
}

async function about({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const shown = textOf(args, 'path');
  const { path: place } = await space.policy.place(shown, 'read', context.delivering);
  const stats = await withFolder(path.dirname(place), async (open) => await lstat(open.at(path.basename(place))));
  if (!stats.isFile() && !stats.isDirectory()) throw new Error(`${shown} is no ordinary file`);
  const facts = { size: stats.size, created: String(stats.birthtime), modified: String(stats.mtime), accessed: String(stats.atime), isDirectory: stats.isDirectory(), isFile: stats.isFile(), permissions: (stats.mode & 0o777).toString(8).padStart(3, '0') };
  return { text: Object.entries(facts).map(([key, value]) => `${key}: ${String(value)}`).join('\n') };
}

const NOTES = { write: '', read: ' (read-only)', deliver: ' (read-only until the final answer is presented)' } as const;

// eslint-disable-next-line @typescript-eslint/require-await -- a tool answers in its own time
async function allowed({ space }: FileCall): Promise<{ readonly text: string }> {
  return { text: `Allowed directories:\n${space.policy.roots.map((root) => `${root.path}${NOTES[root.right]}`).join('\n')}` };
}

/** Tools that look around. */
export const listTools: readonly FileTool[] = [
  { name: 'list_directory', server: 'filesystem', also: 'file_list', description: 'List the files and folders in a folder.', properties: { path: folder }, required: ['path'], run: list },
  {
    ...{ name: 'list_directory_with_sizes', server: 'filesystem' },
    description: 'List the files and folders in a folder with their sizes.',
    properties: { path: folder, sortBy: { type: 'string', enum: ['name', 'size'], description: 'By name unless said.' } },
    required: ['path'],
    run: listWithSizes,
  },
  { name: 'directory_tree', server: 'filesystem', description: 'Everything below a folder, as JSON: name, type and children of each.', properties: { path: folder, excludePatterns: excludes }, required: ['path'], run: tree },
  {
    ...{ name: 'search_files', server: 'filesystem' },
    description: 'Find files and folders by a pattern of their path below the folder: "*.md" in the folder itself, "**/*.md" anywhere below it.',
    properties: { path: folder, pattern: text('The pattern.'), excludePatterns: excludes },
    required: ['path', 'pattern'],
    run: search,
  },
  { name: 'get_file_info', server: 'filesystem', description: 'Size, times, kind and permissions of a file or folder.', properties: { path: text('The file or folder.') }, required: ['path'], run: about },
  { name: 'list_allowed_directories', server: 'filesystem', description: 'The folders that these tools work in.', properties: {}, required: [], run: allowed },
];
