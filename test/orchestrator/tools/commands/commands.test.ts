import { existsSync, mkdtempSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endGroup, startGroup } from '../../../../src/backends/wires/process/process-group.js';
import type { ToolContext, ToolOutcome, ToolSource } from '../../../../src/orchestrator/tools/contract.js';
import { openCommandSource } from '../../../../src/orchestrator/tools/commands/command-source.js';
import { openLocalPlace, sandboxArguments } from '../../../../src/orchestrator/tools/commands/local-place.js';
import type { CommandDeps } from '../../../../src/orchestrator/tools/commands/place.js';
import { readCommandSettings, type CommandSettings } from '../../../../src/orchestrator/tools/commands/settings.js';
import { isAlive } from '../../../support/gone.js';
import { until } from '../../../support/until.js';

let root = '';
let sources: ToolSource[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-commands-')));
  mkdirSync(path.join(root, 'workspace'));
  mkdirSync(path.join(root, 'context'));
  sources = [];
});

afterEach(async () => {
  await Promise.all(sources.map((source) => source.close()));
  rmSync(root, { recursive: true, force: true });
});

const deps = (): CommandDeps => ({
  processes: { start: startGroup, end: endGroup },
  environment: { PATH: process.env['PATH'] ?? '', HOME: root },
  lookUp: (name) => (name === 'GH_TOKEN' ? 'gh-secret' : undefined),
  folders: {
    workspace: path.join(root, 'workspace'),
    roots: [
      { kind: 'workspace', path: path.join(root, 'workspace'), right: 'write' },
      { kind: 'context', path: path.join(root, 'context'), right: 'deliver', protectedPaths: [path.join(root, 'context/kept')] },
    ],
  },
  label: 'test-1',
});

const settings = (block: Record<string, unknown> = {}): CommandSettings => {
  const read = readCommandSettings({ enable_mcp_command_line: true, command_line_sandbox: 'off', ...block }, { home: '/home/someone', base: root });
  if (read === undefined) throw new Error('no commands');
  return read;
};

async function open(block: Record<string, unknown> = {}): Promise<(name: string, given: Record<string, unknown>, more?: Partial<ToolContext>) => Promise<ToolOutcome & { readonly json: Record<string, unknown> }>> {
  const source = await openCommandSource(settings(block), deps());
  sources.push(source);
  return async (name, given, more = {}) => {
    const tool = source.tools().find((each) => each.name === name || each.aliases.includes(name));
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const outcome = await tool.run(given, { agent: 'a', callId: 'c', signal: new AbortController().signal, delivering: false, progress: () => undefined, spent: () => undefined, ...more });
    return { ...outcome, json: outcome.text.startsWith('{') ? (JSON.parse(outcome.text) as Record<string, unknown>) : {} };
  };
}

describe('commands of an agent on this machine', () => {
  it('run in the workspace and tell their exit code and both outputs', async () => {
    const call = await open();
    expect((await call('execute_command', { command: 'pwd; echo problem >&2; exit 3' })).json).toMatchObject({ success: false, exit_code: 3, stdout: `${path.join(root, 'workspace')}\n`, stderr: 'problem\n' });
    expect(await call('shell_exec', { command: 'echo x > made.txt' })).not.toHaveProperty('failed');
    expect(readFileSync(path.join(root, 'workspace/made.txt'), 'utf8')).toBe('x\n');
  });

  it('know no variable but the plain ones', async () => {
    process.env['SECRET_API_KEY'] = 'sk-secret';
    const call = await open();
    expect(String((await call('execute_command', { command: 'env' })).json['stdout'])).not.toContain('sk-secret');
    Reflect.deleteProperty(process.env, 'SECRET_API_KEY');
  });

  it('run in no folder but the agent’s own, wherever links lead', async () => {
    const call = await open();
    symlinkSync('/', path.join(root, 'workspace/link'));
    for (const folder of ['/', '..', 'link', `${root}/contextual`, '../workspace/../..']) expect(await call('execute_command', { command: 'pwd', work_dir: folder })).toMatchObject({ failed: true, text: expect.stringContaining('no folder of yours') as unknown as string });
    expect((await call('execute_command', { command: 'pwd', work_dir: path.join(root, 'context') })).json['success']).toBe(true);
  });

  it('end with all that they started when their time is over', async () => {
    const call = await open();
    const end = await call('execute_command', { command: 'sleep 300 & echo $! > pid; sleep 300', timeout: 3 });
    expect(end.json).toMatchObject({ success: false, exit_code: null, error: expect.stringContaining('3 s') as unknown as string });
    const id = Number(readFileSync(path.join(root, 'workspace/pid'), 'utf8'));
    await until(() => !isAlive(id));
  });

  it('end when nobody waits for them any more', async () => {
    const call = await open();
    const leave = new AbortController();
    const end = call('execute_command', { command: 'echo $$ > pid; sleep 300' }, { signal: leave.signal });
    await until(() => existsSync(path.join(root, 'workspace/pid')) && readFileSync(path.join(root, 'workspace/pid'), 'utf8') !== '');
    leave.abort();
    expect((await end).json['success']).toBe(false);
    await until(() => !isAlive(Number(readFileSync(path.join(root, 'workspace/pid'), 'utf8'))));
  });

  it('leave nothing running behind', async () => {
    const call = await open();
    expect((await call('execute_command', { command: 'sleep 300 & echo $! > pid' })).json['success']).toBe(true);
    await until(() => !isAlive(Number(readFileSync(path.join(root, 'workspace/pid'), 'utf8'))));
  });

  it('keep the head and the tail of an output without end', async () => {
    const call = await open();
    const { stdout } = (await call('execute_command', { command: 'echo first; yes | head -c 30000000; echo last' })).json;
    expect(String(stdout).length).toBeLessThan(160_000);
    expect(String(stdout)).toMatch(/^first\n[^]*characters left out[^]*last\n$/u);
  });

  it('say what bytes they are not, and read nothing from the terminal', async () => {
    const call = await open();
    expect((await call('execute_command', { command: "printf 'a\\033[31mb\\000c\\377'; cat" })).json['stdout']).toBe('abc�');
  });

  it('are refused by the lists before anything runs', async () => {
    const call = await open({ command_line_allowed_commands: ['ls'] });
    expect(await call('execute_command', { command: 'touch x' })).toMatchObject({ failed: true, text: expect.stringContaining('touch is not among the allowed commands (ls)') as unknown as string });
    expect(await call('start_background_shell', { command: 'ls; touch x' })).toMatchObject({ failed: true });
    expect(existsSync(path.join(root, 'workspace/x'))).toBe(false);
  });

  it('run on in the background until they are ended, at most ten', async () => {
    const call = await open();
    const started = await call('start_background_shell', { command: 'echo up; echo $$ > pid; sleep 300' });
    const shell = { shell_id: started.json['shell_id'] };
    await until(async () => (await call('get_background_shell_output', shell)).json['output'] === 'up\n');
    expect((await call('get_background_shell_status', shell)).json).toMatchObject({ status: 'running', exit_code: null });
    await call('kill_background_shell', shell);
    await until(async () => (await call('get_background_shell_status', shell)).json['status'] === 'stopped');
    for (let count = 0; count < 10; count += 1) await call('start_background_shell', { command: 'sleep 300' });
    expect(await call('start_background_shell', { command: 'sleep 300' })).toMatchObject({ failed: true });
    expect(await call('get_background_shell_status', { shell_id: 'shell_99' })).toMatchObject({ failed: true });
  });

  it('end with the agent', async () => {
    const call = await open();
    await call('start_background_shell', { command: 'echo $$ > pid; sleep 300' });
    await until(() => existsSync(path.join(root, 'workspace/pid')) && readFileSync(path.join(root, 'workspace/pid'), 'utf8') !== '');
    await sources[0]?.close();
    await until(() => !isAlive(Number(readFileSync(path.join(root, 'workspace/pid'), 'utf8'))));
  });

  it('without bubblewrap a sandbox that is required is an error, and one that is not is told', async () => {
    await expect(openLocalPlace({ ...settings(), sandbox: 'require' }, deps(), '/nowhere/bwrap')).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('not installed') as unknown as string });
    expect((await openLocalPlace({ ...settings(), sandbox: 'auto' }, deps(), '/nowhere/bwrap')).description).toContain('without a sandbox: bubblewrap (bwrap) is not installed');
  });
});

describe('commands of an agent that only names the tool', () => {
  it('are shut in without a network, or not there', () => {
    const places = { home: '/home/u', base: '/' };
    expect(readCommandSettings({}, places)).toBeUndefined();
    expect(readCommandSettings({}, places, true)).toMatchObject({ sandbox: 'require', network: false });
    expect(readCommandSettings({ enable_mcp_command_line: true }, places, true)).toMatchObject({ sandbox: 'auto', network: true });
    expect(sandboxArguments('/w', [], '/w', false)).not.toContain('--share-net');
    expect(sandboxArguments('/w', [], '/w', true)).toContain('--share-net');
  });
});

describe('commands in bubblewrap, as far as this machine has it', () => {
  it('change nothing but the workspace and see nothing else of the user; where that cannot be, nothing runs', async () => {
    writeFileSync(path.join(root, 'secret'), 'secret');
    let why = '';
    try {
      execFileSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' });
    } catch (error) {
      why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not installed' : 'does not work here';
    }
    if (why !== '') {
      await expect(open({ command_line_sandbox: 'require' })).rejects.toThrow(why);
      return;
    }
    const call = await open({ command_line_sandbox: 'require' });
    const run = async (command: string): Promise<unknown> => (await call('execute_command', { command })).json['success'];
    expect(await run('echo x > mine')).toBe(true);
    expect(existsSync(path.join(root, 'workspace/mine'))).toBe(true);
    expect(await run(`cat ${root}/secret`)).toBe(false);
    expect(await run(`cat ${root}/context/* ; echo y > ${root}/context/z`)).toBe(false);
    expect(await run(`echo y > ${root}/z; test ! -e ${root}/workspace/../secret`)).toBe(true);
    expect(existsSync(path.join(root, 'z'))).toBe(false);
    expect(existsSync(path.join(root, 'context/z'))).toBe(false);
    writeFileSync(path.join(root, 'context/.env'), 'KEY=secret');
    writeFileSync(path.join(root, 'context/plain'), 'plain');
    mkdirSync(path.join(root, 'context/.massgen'));
    writeFileSync(path.join(root, 'context/.massgen/peer'), 'who');
    expect((await call('execute_command', { command: `cd ${root}/context; cat plain .env .massgen/peer` })).json['stdout']).toBe('plain');
    mkdirSync(path.join(root, 'context/kept'));
    mkdirSync(path.join(root, 'context/.git'));
    const wanted = { command: `cd ${root}/context; echo 1 > new; echo 1 > kept/no; echo 1 > .git/no; cat .env` };
    expect(String((await call('execute_command', wanted, { delivering: true })).json['stderr'])).toMatch(/kept[^]*\.git/u);
    expect(['new', 'kept/no', '.git/no'].map((name) => existsSync(path.join(root, 'context', name)))).toEqual([true, false, false]);
    expect(await run('kill -0 1 && test "$(ps -e 2>/dev/null | wc -l)" -lt 10')).toBe(true);
  });
});
