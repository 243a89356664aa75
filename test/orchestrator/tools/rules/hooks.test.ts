import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../../../src/backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../../../../src/backends/wires/process/process-group.js';
import type { Tool, ToolContext, ToolOutcome, ToolVerdict } from '../../../../src/orchestrator/tools/contract.js';
import { createAsking, type AskUser } from '../../../../src/orchestrator/tools/rules/approvals.js';
import { afterTool, preToolRule } from '../../../../src/orchestrator/tools/rules/hooks/hook-rules.js';
import { readHooks } from '../../../../src/orchestrator/tools/rules/hooks/settings.js';
import { gone } from '../../../support/gone.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'massgen-hooks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tool: Tool = { name: 'mcp__files__write_file', aliases: ['write_file'], description: '', parameters: {}, effects: 'outside', run: () => Promise.resolve({ text: '' }) };
const context = (signal = new AbortController().signal): ToolContext => ({ agent: 'ada', callId: 'c', signal, delivering: false, progress: () => undefined, spent: () => undefined });
const deps = () => ({ processes: { start: startGroup, end: endGroup }, environment: childEnvironment(process.env), cwd: folder, session: 's1', now: () => new Date(0) });

const before = async (hooks: readonly object[], { ask, signal }: { readonly ask?: AskUser; readonly signal?: AbortSignal } = {}): Promise<ToolVerdict> =>
  preToolRule(readHooks({ PreToolUse: hooks }, 'hooks', folder), deps(), createAsking(ask))(tool, { path: 'a.txt' }, context(signal));
const after = (hooks: readonly object[], outcome: ToolOutcome = { text: 'written' }): Promise<ToolOutcome> => afterTool(readHooks({ PostToolUse: hooks }, 'hooks', folder), deps())(tool, { path: 'a.txt' }, outcome, context());

function module(text: string): string {
  writeFileSync(path.join(folder, 'hook.mjs'), text);
  return './hook.mjs';
}

describe('a command before a tool', () => {
  it('is told of the call on its stdin, and lets it through with exit code 0', async () => {
    expect(await before([{ command: 'cat > seen.json' }])).toBeNull();
    expect(JSON.parse(readFileSync(path.join(folder, 'seen.json'), 'utf8'))).toEqual({
      hook_type: 'PreToolUse',
      hook_event_name: 'PreToolUse',
      session_id: 's1',
      agent_id: 'ada',
      timestamp: '1970-01-01T00:00:00.000Z',
      cwd: folder,
      tool_name: 'mcp__files__write_file',
      tool_input: { path: 'a.txt' },
    });
  });

  it('is not waited for longer than it lasts, whatever it leaves behind', async () => {
    expect(await before([{ command: 'sleep 300 & exit 0' }])).toBeNull();
  });

  it('refuses with exit code 2 and the reason on stderr', async () => {
    expect(await before([{ command: 'echo no writing today >&2; exit 2' }])).toBe('Not run: a hook refused it: no writing today');
  });

  it.each([
    ['{"decision":"deny","reason":"not here"}', 'Not run: a hook refused it: not here'],
    ['{"allowed":false,"reason":"not here"}', 'Not run: a hook refused it: not here'],
    ['{"hookSpecificOutput":{"permissionDecision":"deny","permissionDecisionReason":"not here"}}', 'Not run: a hook refused it: not here'],
    ['{"decision":"allow"}', null],
    ['all is well', null],
    ['{"updated_input":{"path":"b.txt"}}', { args: { path: 'b.txt' } }],
    ['{"hookSpecificOutput":{"permissionDecision":"allow","updatedInput":{"path":"b.txt"}}}', { args: { path: 'b.txt' } }],
    ['{"decision":"perhaps"}', expect.stringContaining('a hook failed (its decision is "perhaps"')],
    ['{broken', expect.stringContaining('a hook failed')],
  ])('may say so as JSON: %s', async (json, verdict) => {
    writeFileSync(path.join(folder, 'said'), json);
    expect(await before([{ command: ['cat', 'said'] }])).toEqual(verdict);
  });

  it('that fails refuses, unless it says otherwise', async () => {
    for (const command of ['exit 1', 'no-such-program-anywhere', 'kill -9 $$']) {
      expect(await before([{ command }])).toContain('a hook failed');
      expect(await before([{ command, fail_closed: false }])).toBeNull();
    }
    expect(await before([{ command: ['no-such-program-anywhere'] }])).toContain('a hook failed');
  });

  it('that takes too long is ended with all it started, and refuses', async () => {
    expect(await before([{ command: 'echo $$ > pid; sleep 60 & sleep 60', timeout: 3 }])).toContain('a hook failed (it took too long)');
    expect(await gone(Number(readFileSync(path.join(folder, 'pid'), 'utf8')))).toBe(true);
  });

  it('that floods refuses', async () => {
    expect(await before([{ command: 'yes' }])).toContain('more than a megabyte');
  });

  it('knows no keys', async () => {
    process.env['SOME_API_KEY'] = 'sk-secret';
    try {
      await before([{ command: 'env > seen' }]);
      expect(readFileSync(path.join(folder, 'seen'), 'utf8')).not.toContain('sk-secret');
    } finally {
      delete process.env['SOME_API_KEY'];
    }
  });

  it('may have the user asked', async () => {
    const command = `echo '{"decision":"ask"}'`;
    expect(await before([{ command }], { ask: () => Promise.resolve(true) })).toBeNull();
    expect(await before([{ command }], { ask: () => Promise.resolve(false) })).toContain('the user did not allow');
    expect(await before([{ command }])).toContain('there is nobody to ask');
  });

  it('is run for the tools it means', async () => {
    expect(await before([{ matcher: 'read_*|shell', command: 'exit 2' }])).toBeNull();
    expect(await before([{ matcher: 'shell|write_*', command: 'exit 2' }])).not.toBeNull();
    expect(await before([{ matcher: 'mcp__files', command: 'exit 2' }])).not.toBeNull();
  });

  it('sees what the one before it changed, and none follows one that refuses', async () => {
    expect(await before([{ command: `echo '{"updated_input":{"path":"b.txt"}}'` }, { command: 'grep -q b.txt || exit 2' }, { command: 'touch third; exit 2' }, { command: 'touch fourth' }])).toContain('refused');
    expect([existsSync(path.join(folder, 'third')), existsSync(path.join(folder, 'fourth'))]).toEqual([true, false]);
  });
});

describe('a module before a tool', () => {
  it.each([
    ['export default ({ tool_input }) => ({ decision: "deny", reason: tool_input.path });', 'Not run: a hook refused it: a.txt'],
    ['export const hook = async () => undefined;', null],
    ['export default () => { throw new Error("oh"); };', 'Not run: a hook failed (oh), so mcp__files__write_file could not be checked.'],
    ['export const other = 1;', expect.stringContaining('exports no function')],
    ['this is no module', expect.stringContaining('a hook failed')],
  ])('decides by what it returns: %s', async (text, verdict) => {
    expect(await before([{ handler: module(text) }])).toEqual(verdict);
  });

  it('that takes too long refuses', async () => {
    expect(await before([{ handler: module('export default () => new Promise(() => {});'), timeout: 0.2 }])).toContain('it took too long');
  });

  it('that throws has been heard, and its time being over troubles nobody', async () => {
    const troubles: unknown[] = [];
    const note = (reason: unknown): void => void troubles.push(reason);
    process.on('unhandledRejection', note);
    try {
      expect(await before([{ handler: module('export default () => { throw new Error("oh"); };'), timeout: 0.2 }])).toContain('a hook failed (oh)');
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(troubles).toEqual([]);
  });

  it('cannot change the call behind its back', async () => {
    expect(await before([{ handler: module('export default (event) => { event.tool_input.path = "b.txt"; };') }])).toBeNull();
  });
});

describe('a hook behind a tool', () => {
  it('may replace the result, and add to it', async () => {
    expect(await after([{ command: `echo '{"updated_output":"changed"}'` }, { command: `echo '{"inject":{"content":"And mind the gap."}}'` }])).toEqual({ text: 'changed\n\nAnd mind the gap.' });
  });

  it('sees the result, and the one before it', async () => {
    await after([{ command: `echo '{"updated_output":"changed"}'` }, { command: 'cat > seen.json' }]);
    expect(JSON.parse(readFileSync(path.join(folder, 'seen.json'), 'utf8'))).toMatchObject({ hook_type: 'PostToolUse', tool_output: 'changed', tool_failed: false });
  });

  it('that refuses or fails keeps the result back', async () => {
    expect(await after([{ command: 'echo it holds a secret >&2; exit 2' }])).toEqual({ text: 'The tool has run, but a hook keeps its result back: it holds a secret', failed: true });
    expect(await after([{ command: 'exit 1' }])).toMatchObject({ failed: true, text: expect.stringContaining('a hook failed') });
    expect(await after([{ command: 'exit 1', fail_closed: false }])).toEqual({ text: 'written' });
  });
});

describe('a block of hooks', () => {
  const count = (written: object, inherited?: object): readonly number[] => {
    const { PreToolUse, PostToolUse } = readHooks(written, 'hooks', folder, inherited === undefined ? undefined : readHooks(inherited, 'hooks', folder));
    return [PreToolUse.length, PostToolUse.length];
  };
  const one = [{ command: 'true' }];

  it('comes on top of the one before it, unless it says otherwise', () => {
    expect(count({ PreToolUse: one }, { PreToolUse: one, PostToolUse: one })).toEqual([2, 1]);
    expect(count({ PreToolUse: { override: true, hooks: one } }, { PreToolUse: one, PostToolUse: one })).toEqual([1, 1]);
  });

  it('holds where one hook is written without its dash', () => {
    expect(readHooks({ PreToolUse: { matcher: 'write_*', command: 'exit 2' } }, 'hooks', folder).PreToolUse).toMatchObject([{ matcher: 'write_*', run: { shell: 'exit 2' } }]);
    expect(readHooks({ PreToolUse: { matcher: 'write_*', hooks: one } }, 'hooks', folder).PreToolUse).toMatchObject([{ matcher: 'write_*', run: { shell: 'true' } }]);
    expect(count({ PreToolUse: { override: true, command: 'exit 2' } }, { PreToolUse: one })).toEqual([1, 0]);
  });

  it('may be written as for Claude Code', () => {
    expect(readHooks({ PreToolUse: [{ matcher: 'write_*', hooks: [{ type: 'command', command: './check.sh' }] }] }, 'hooks', folder).PreToolUse).toEqual([{ matcher: 'write_*', run: { shell: './check.sh' }, timeoutMs: 30_000, failClosed: true }]);
  });

  it.each([
    [{ PreToolUse: [{}] }, 'hooks.PreToolUse[0]: has neither a command nor a handler'],
    [{ PreToolUse: [{ handler: 'massgen.hooks.check', type: 'python' }] }, 'is neither a .js, .mjs, .py nor .sh file'],
    [{ BeforeTool: one }, 'there is no moment "BeforeTool"'],
    [{ PreToolUse: [{ command: 'x', timeout: -1 }] }, 'write seconds'],
    [{ PreToolUse: ['x'] }, 'is no map of keys'],
    [{ PreToolUse: 'exit 2' }, 'hooks.PreToolUse: is no list of hooks'],
    [{ PreToolUse: { hooks: 'exit 2' } }, 'hooks.PreToolUse: is no list of hooks'],
    [{ PreToolUse: { comand: 'exit 2' } }, 'has neither a command nor a handler'],
    [[], 'must be a map'],
  ])('that cannot be is refused: %j', (written, message) => {
    expect(() => readHooks(written, 'hooks', folder)).toThrow(message);
  });
});
