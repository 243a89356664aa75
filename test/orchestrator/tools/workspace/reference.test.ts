import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Tool } from '../../../../src/orchestrator/tools/contract.js';
import { openFileTools } from '../../../../src/orchestrator/tools/workspace/files/file-source.js';
import { FILE_LIMITS } from '../../../../src/orchestrator/tools/workspace/files/file-space.js';
import { createPathPolicy } from '../../../../src/orchestrator/tools/workspace/paths/path-policy.js';
import { contextOf, treeOf } from '../../../support/file-world.js';
import { put, temporaryFolders } from '../../../support/workspaces.js';

const folders = temporaryFolders();
let [theirs, ours] = ['', ''];
let client: Client;
let tools: readonly Tool[];

const FILES = { 'a.txt': 'one\ntwo\nthree\n', 'b.md': '# b\n', 'deep/er/c.txt': 'c', 'deep/d.ts': 'export {};\n', 'deep/.hidden': 'h', 'node_modules/m/index.js': 'x', 'code.py': 'def f():\n    if x:\n        return 1\n' };

beforeAll(async () => {
  const base = folders.make();
  [theirs, ours] = ['theirs', 'ours'].map((name) => {
    mkdirSync(path.join(base, name));
    put(path.join(base, name), FILES);
    return realpathSync(path.join(base, name));
  }) as [string, string];
  const server = path.join(path.dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/package.json')), 'dist/index.js');
  client = new Client({ name: 'test', version: '0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [server, theirs], stderr: 'ignore' }));
  tools = openFileTools({ policy: createPathPolicy([{ kind: 'workspace', path: ours, right: 'write' }], ours), ownLinks: () => 0, known: new Set(), readBeforeDelete: true, limits: FILE_LIMITS }, []).tools();
});
afterAll(async () => {
  await client.close();
  folders.clear();
});

interface Said {
  readonly text: string;
  readonly failed: boolean;
}

async function reference(name: string, args: Readonly<Record<string, unknown>>): Promise<Said> {
  const { content, isError } = await client.callTool({ name, arguments: args });
  const [first] = content as readonly { readonly text?: string }[];
  return { text: (first?.text ?? '').replaceAll(theirs, '$'), failed: isError === true };
}

async function own(name: string, args: Readonly<Record<string, unknown>>): Promise<Said> {
  const tool = tools.find((each) => each.name === name)!;
  return await tool.run(args, contextOf()).then(({ text }) => ({ text: text.replaceAll(ours, '$'), failed: false }), (error: unknown) => ({ text: (error as Error).message.replaceAll(ours, '$'), failed: true }));
}

/** Lines of a listing in one order: the server has that of its file system. */
const sorted = (text: string): string => text.split('\n').sort().join('\n');
const sortedTree = (text: string): unknown => {
  const sort = (branches: readonly { readonly name: string; readonly children?: readonly never[] }[]): unknown => branches.map((branch) => ({ ...branch, ...(branch.children === undefined ? {} : { children: sort(branch.children) }) })).sort((one, other) => (one.name < other.name ? -1 : 1));
  return sort(JSON.parse(text) as readonly never[]);
};

describe('the file tools, beside the reference filesystem server', () => {
  it('take the same arguments under the same names', async () => {
    const { tools: listed } = await client.listTools();
    for (const { name, inputSchema } of listed) {
      const { properties, required = [] } = tools.find((tool) => tool.name === name)!.parameters as { readonly properties: Readonly<Record<string, object>>; readonly required?: readonly string[] };
      expect([name, Object.keys(properties).sort(), [...required].sort()]).toEqual([name, Object.keys(inputSchema.properties ?? {}).sort(), [...(inputSchema.required ?? [])].sort()]);
    }
    expect(listed.length).toBe(14);
  });

  it.each([
    ['read_file', { path: '$/a.txt' }],
    ['read_text_file', { path: '$/a.txt', head: 2 }],
    ['read_text_file', { path: '$/a.txt', tail: 2 }],
    ['read_text_file', { path: '$/a.txt', head: 99 }],
    ['read_multiple_files', { paths: ['$/a.txt', '$/b.md'] }],
    ['list_directory', { path: '$' }],
    ['list_directory', { path: '$/deep' }],
    ['list_directory_with_sizes', { path: '$/deep' }],
    ['list_directory_with_sizes', { path: '$', sortBy: 'size' }],
    ['directory_tree', { path: '$' }],
    ['directory_tree', { path: '$', excludePatterns: ['node_modules', '**/*.ts'] }],
    ['search_files', { path: '$', pattern: '**/*.txt' }],
    ['search_files', { path: '$', pattern: '*.txt' }],
    ['search_files', { path: '$', pattern: '**/*', excludePatterns: ['node_modules/**', '**/.*'] }],
    ['search_files', { path: '$', pattern: '{a,b}.*' }],
    ['search_files', { path: '$', pattern: '**/[a-c].t?t' }],
    ['search_files', { path: '$', pattern: 'deep/**' }],
    ['search_files', { path: '$', pattern: 'nothing' }],
    ['list_allowed_directories', {}],
    ['write_file', { path: '$/new.txt', content: 'new' }],
    ['write_file', { path: '$/new.txt', content: 'again' }],
    ['edit_file', { path: '$/a.txt', edits: [{ oldText: 'two', newText: '2' }] }],
    ['edit_file', { path: '$/a.txt', edits: [{ oldText: 'one\n2', newText: '`' }], dryRun: true }],
    ['edit_file', { path: '$/code.py', edits: [{ oldText: 'if x:\n    return 1', newText: 'if y:\n    return 2' }] }],
    ['edit_file', { path: '$/a.txt', edits: [{ oldText: 'none', newText: '' }] }],
    ['create_directory', { path: '$/made/below' }],
    ['move_file', { source: '$/new.txt', destination: '$/made/moved.txt' }],
    ['move_file', { source: '$/b.md', destination: '$/a.txt' }],
  ] as const)('%s %j answers the same', async (name, given) => {
    const args = (place: string) => JSON.parse(JSON.stringify(given).replaceAll('$', place)) as Readonly<Record<string, unknown>>;
    const [said, expected] = [await own(name, args(ours)), await reference(name, args(theirs))];
    expect(said.failed).toBe(expected.failed);
    if (name === 'directory_tree') expect(sortedTree(said.text)).toEqual(sortedTree(expected.text));
    else if (/^(?:list_directory|search_files)/u.test(name)) expect(sorted(said.text)).toBe(sorted(expected.text));
    else expect(said.text).toBe(expected.text);
    expect(treeOf(ours)).toEqual(treeOf(theirs));
  });

  it('get_file_info says the same of a file but its times', async () => {
    const facts = ({ text }: Said): readonly string[] => text.split('\n').filter((line) => !/^(?:created|modified|accessed)/u.test(line));
    expect(facts(await own('get_file_info', { path: `${ours}/b.md` }))).toEqual(facts(await reference('get_file_info', { path: `${theirs}/b.md` })));
    expect(readFileSync(`${ours}/b.md`, 'utf8')).toBe('# b\n');
  });
});
