import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endGroup, startGroup } from '../../../../src/backends/wires/process/process-group.js';
import type { Tool, ToolOutcome, ToolSource } from '../../../../src/orchestrator/tools/contract.js';
import { openCustomSource } from '../../../../src/orchestrator/tools/custom/custom-source.js';
import { readOutcome } from '../../../../src/orchestrator/tools/custom/read-outcome.js';
import { readCustomTools } from '../../../../src/orchestrator/tools/custom/settings.js';
import { toolContext } from '../../../support/tools.js';

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-custom-')));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  writeFileSync(path.join(root, name), text);
  return name;
};

function open(entries: unknown, python = 'python3'): Promise<ToolSource> {
  const settings = readCustomTools({ custom_tools: entries }, (file) => path.resolve(root, file));
  return openCustomSource(settings, { processes: { start: startGroup, end: endGroup }, environment: { PATH: process.env['PATH'] ?? '' }, folder: root, python }, new AbortController().signal);
}

const named = (source: ToolSource, name: string): Tool => {
  const tool = source.tools().find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no ${name}: ${source.notes().join()}`);
  return tool;
};

const call = (tool: Tool, args: Record<string, unknown>, signal = new AbortController().signal): Promise<ToolOutcome> => tool.run(args, { agent: 'writer', callId: 'c', signal, delivering: false, progress: () => undefined, spent: () => undefined });

describe('a program of the user’s', () => {
  it('is found, with its files, where massgen was started, and runs in the agent’s folder', async () => {
    mkdirSync(path.join(root, 'bin'));
    mkdirSync(path.join(root, 'work'));
    writeFileSync(path.join(root, 'bin/look'), '#!/bin/sh\ncat "$2"; pwd; echo "$1 $3"\n', { mode: 0o755 });
    write('words.txt', 'words\n');
    const [settings] = readCustomTools({ custom_tools: [{ name: 'look', command: ['./bin/look', '--json', 'words.txt', 'plain'] }] }, (file) => path.resolve(root, file));
    const source = await openCustomSource([settings!], { processes: { start: startGroup, end: endGroup }, environment: { PATH: process.env['PATH'] ?? '' }, folder: path.join(root, 'work'), python: 'python3' }, new AbortController().signal);
    expect(await call(named(source, 'custom_tool__look'), {})).toEqual({ text: `words\n${path.join(root, 'work')}\n--json plain\n` });
  });
});

describe('a module of the user’s', () => {
  it('gives the tools that it exports, one by one and in lists', async () => {
    write('tools.mjs', `
      export const add = { name: 'add', description: 'Adds.', parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] }, handler: ({ a, b }) => a + b };
      export default [{ name: 'who', description: 'Who asks.', parameters: { type: 'object', properties: {} }, handler: async (_args, { agent, folder }) => ({ text: agent + ' in ' + folder }) }];
      export const noTool = 3;
    `);
    const source = await open([{ path: 'tools.mjs' }]);
    expect(source.tools().map(({ name, description, effects }) => [name, description, effects])).toEqual([['custom_tool__add', 'Adds.', 'outside'], ['custom_tool__who', 'Who asks.', 'outside']]);
    expect(await call(named(source, 'custom_tool__add'), { a: 2, b: 3 })).toEqual({ text: '5' });
    expect(await call(named(source, 'custom_tool__who'), {})).toEqual({ text: `writer in ${root}` });
  });

  it('may have generators, whose parts are said while they come', async () => {
    write('tools.mjs', `
      export const slowly = { handler: async function* () { yield 'one'; yield { two: 2 }; } };
      export const barely = { handler: function* () { yield; yield 'one'; yield () => 1; yield Symbol('x'); yield 'two'; } };
      export const oddly = { handler: () => () => 1 };
      export const quickly = { handler: function* () { yield 'one'; yield 'two'; } };
    `);
    const source = await open([{ path: 'tools.mjs' }]);
    const said: string[] = [];
    expect(await named(source, 'custom_tool__slowly').run({}, { ...toolContext({ progress: (message) => void said.push(message) }), callId: 'c', spent: () => undefined })).toEqual({ text: 'one\n{"two":2}' });
    expect(said).toEqual(['one', '{"two":2}']);
    for (const name of ['custom_tool__quickly', 'custom_tool__barely']) expect(await call(named(source, name), {})).toEqual({ text: 'one\ntwo' });
    expect(await call(named(source, 'custom_tool__oddly'), {})).toEqual({ text: '(nothing)' });
  });

  it('may have some functions picked, named, described and given arguments that nobody sees', async () => {
    write('tools.mjs', `export const tools = ['one', 'two'].map((name) => ({ name, description: name, parameters: { type: 'object', properties: { x: {}, key: {} }, required: ['x', 'key'] }, handler: (args) => args }));`);
    const source = await open([{ path: 'tools.mjs', function: ['two'], name: ['second'], description: ['The second.'], preset_args: [{ key: 'k' }], read_only: true }]);
    expect(source.tools()).toMatchObject([{ name: 'custom_tool__second', aliases: ['second', 'two'], description: 'The second.', parameters: { properties: { x: {} }, required: ['x'] }, effects: 'none' }]);
    expect(JSON.parse((await call(named(source, 'custom_tool__second'), { x: 1, key: 'mine' })).text)).toEqual({ x: 1, key: 'k' });
  });

  it('that throws, is missing or exports nothing costs its tools and no more', async () => {
    write('throws.mjs', 'throw new Error("no luck")');
    write('empty.mjs', 'export const x = 1');
    write('one.mjs', 'export const one = { handler: () => { throw new Error("bad day") } }');
    const source = await open([{ path: 'throws.mjs' }, { path: 'empty.mjs' }, { path: 'gone.mjs' }, { path: 'one.mjs' }, { path: 'one.mjs', function: 'two' }]);
    expect(source.tools().map(({ name }) => name)).toEqual(['custom_tool__one']);
    expect(source.notes()).toEqual([expect.stringContaining('no luck'), expect.stringContaining('exports no tool'), expect.stringContaining('gone.mjs'), expect.stringContaining('has no function two; it has one')]);
    await expect(call(named(source, 'custom_tool__one'), {})).rejects.toThrow('bad day');
  });
});

describe('a program of the user’s', () => {
  const script = (text: string): string => {
    const file = path.join(root, 'tool.sh');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };

  it('reads its arguments as JSON and answers with JSON or text', async () => {
    const source = await open([{ name: 'echo', command: [script('cat')], description: 'Says it again.', parameters: { type: 'object', properties: { text: { type: 'string' } } } }]);
    const tool = named(source, 'custom_tool__echo');
    expect(tool).toMatchObject({ description: 'Says it again.', parameters: { properties: { text: { type: 'string' } } } });
    expect(await call(tool, { text: 'hi' })).toEqual({ text: 'hi' });
    expect(await call(named(await open([{ name: 'plain', command: script('echo "plain words"') }]), 'custom_tool__plain'), {})).toEqual({ text: 'plain words\n' });
  });

  it('is not waited for longer than it lasts, whatever it leaves behind', async () => {
    expect(await call(named(await open([{ name: 'leaves', command: [script('sleep 300 & echo done')] }]), 'custom_tool__leaves'), {})).toEqual({ text: 'done\n' });
  });

  it('knows the variables it is given, and no key of massgen’s', async () => {
    process.env['OTHER_API_KEY'] = 'sk-other';
    const source = await open([{ name: 'env', command: script('env'), env: { MY_KEY: 'mine' } }]);
    const { text } = await call(named(source, 'custom_tool__env'), {});
    Reflect.deleteProperty(process.env, 'OTHER_API_KEY');
    expect(text).toContain('MY_KEY=mine');
    expect(text).not.toContain('sk-other');
  });

  it('that fails, is missing, floods or hangs is ended and told', async () => {
    const tool = async (command: string): Promise<Tool> => named(await open([{ name: 'x', command: [command] }]), 'custom_tool__x');
    await expect(call(await tool(script('echo broken >&2; exit 2')), {})).rejects.toThrow(/exit code 2: broken/u);
    await expect(call(await tool('/nowhere/tool'), {})).rejects.toThrow('there is no program /nowhere/tool');
    await expect(call(await tool(script('yes')), {})).rejects.toThrow('more than 10 MB');
    const hangs = await tool(script('sleep 300'));
    await expect(call(hangs, {}, AbortSignal.timeout(100))).rejects.toThrow('it was ended');
  });
});

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['MASSGEN_TEST_REQUIRE'] === '1') throw new Error('python3 is needed');
    return false;
  }
})();

(hasPython ? describe : describe.skip)('a Python file of the user’s (needs python3)', () => {
  const FILE = `
from typing import Literal, Optional
from massgen.tool._result import ExecutionResult, TextContent
from massgen.tool import context_params

async def two_num_tool(x: int, y: int = 2, mode: Literal["add", "multiply"] = "add") -> ExecutionResult:
    """Works with two numbers.

    Args:
        x: The first.
        y (int): The second.
    """
    print("noise on stdout")
    return ExecutionResult(output_blocks=[TextContent(data=f"{x + y if mode == 'add' else x * y}")])

def stream(count: int):
    for number in range(count):
        yield ExecutionResult(output_blocks=[TextContent(data=str(number))], is_log=number == 0)

@context_params("agent_id")
def who(agent_id, tags: Optional[list[str]] = None):
    return {"agent": agent_id}

def _hidden():
    pass

def fails():
    raise ValueError("bad number")

def endless() -> float:
    return float("inf")
`;

  it('gives its functions with schemas read off their signatures, written for the Python MassGen', async () => {
    const source = await open([{ name: ['two_num_tool'], path: write('t.py', FILE), function: ['two_num_tool'] }]);
    const tool = named(source, 'custom_tool__two_num_tool');
    expect(tool).toMatchObject({
      description: 'Works with two numbers.',
      parameters: { properties: { x: { type: 'integer', description: 'The first.' }, y: { type: 'integer', description: 'The second.' }, mode: { enum: ['add', 'multiply'] } }, required: ['x'], additionalProperties: false },
    });
    expect(await call(tool, { x: 3, y: 4, mode: 'multiply' })).toEqual({ text: '12' });
  });

  it('may have generators, injected arguments and errors', async () => {
    const source = await open([{ path: write('t.py', FILE) }]);
    expect(source.tools().map(({ name }) => name)).toEqual(['two_num_tool', 'stream', 'who', 'fails', 'endless'].map((name) => `custom_tool__${name}`));
    expect(await call(named(source, 'custom_tool__stream'), { count: 3 })).toEqual({ text: '1\n2' });
    expect(JSON.parse((await call(named(source, 'custom_tool__who'), {})).text)).toEqual({ agent: 'writer' });
    expect(named(source, 'custom_tool__who').parameters).toMatchObject({ properties: { tags: { type: 'array', items: { type: 'string' } } }, required: [] });
    expect(await call(named(source, 'custom_tool__endless'), {})).toEqual({ text: 'inf' });
    await expect(call(named(source, 'custom_tool__fails'), {})).rejects.toThrow('ValueError: bad number');
  });

  it('that does not load, and Python that is not there, cost its tools', async () => {
    expect((await open([{ path: write('t.py', 'import nothing_like_it') }])).notes()[0]).toContain('ModuleNotFoundError');
    expect((await open([{ path: write('t.py', FILE) }], '/nowhere/python')).notes()[0]).toContain('there is no /nowhere/python; install Python');
  });
});

describe('an entry that cannot be', () => {
  it.each([
    [[{ name: 'x', path: '' }], 'neither a path'],
    [[{ path: 'x.txt' }], 'files end in'],
    [[{ command: ['x'] }], 'needs a name'],
    [[{ name: 'x', command: [] }], 'empty command'],
    [['x'], 'no map of keys'],
    [[{ name: 'x', command: 'cat | sort' }], 'no shell reads it'],
  ])('%j is refused', (entries, why) => {
    expect(() => readCustomTools({ custom_tools: entries }, (file) => file)).toThrow(why);
  });
});

it('a command of one line is read with its quotes', () => {
  const [entry] = readCustomTools({ custom_tools: [{ name: 'x', command: `awk -F ' ' '{print "a b"}'` }] }, (file) => file);
  expect(entry?.command).toEqual(['awk', '-F', ' ', '{print "a b"}']);
});

describe('what a function returned', () => {
  it.each<[unknown, ToolOutcome]>([
    ['words', { text: 'words' }],
    [undefined, { text: '(nothing)' }],
    [[1, 2], { text: '[\n  1,\n  2\n]' }],
    [{ error: 'no' }, { text: 'no', failed: true }],
    [{ text: 't', images: [{ mediaType: 'image/png', base64: 'AA==' }] }, { text: 't', images: [{ type: 'image', mediaType: 'image/png', base64: 'AA' }] }],
    [{ content: [{ type: 'text', text: 'a' }, { type: 'image', data: 'AA', mimeType: 'image/gif' }], isError: true }, { text: 'a', images: [{ type: 'image', mediaType: 'image/png', base64: 'AA' }], failed: true }],
    ['a\u001b[31mb', { text: 'ab' }],
    [new Error('broken'), { text: 'broken', failed: true }],
    [Buffer.from('grüße'), { text: 'grüße' }],
    [Buffer.from([0xff, 0xfe, 0xfd]), { text: '', files: [{ mediaType: 'application/octet-stream', base64: '//79', isShown: false }] }],
    [{ text: 't', images: ['data:image/gif;base64,AAAA'] }, { text: 't', images: [{ type: 'image', mediaType: 'image/gif', base64: 'AAAA' }], files: [{ mediaType: 'image/gif', base64: 'AAAA', isShown: true }] }],
    [{ text: 't', images: [{ mediaType: 'image/tiff', base64: 'AAAA' }] }, { text: 't', files: [{ mediaType: 'image/tiff', base64: 'AAAA', isShown: false }] }],
    [{ text: 't', images: [{ base64: 'no base64!' }] }, { text: 't\n[image/png: left out, it is not valid]' }],
    [{ output_blocks: [{ block_type: 'text', data: 'hear' }, { block_type: 'audio', data: 'AAAA', mime_type: 'audio/mpeg' }] }, { text: 'hear', files: [{ mediaType: 'audio/mpeg', base64: 'AAAA', isShown: false }] }],
  ])('%j is an outcome', (value, expected) => {
    expect(readOutcome(value)).toMatchObject({ ...expected, ...(expected.images === undefined ? {} : { images: expect.anything() as unknown as [] }) });
  });
});
