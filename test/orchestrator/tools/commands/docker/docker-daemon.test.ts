import { spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../../../../src/backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../../../../../src/backends/wires/process/process-group.js';
import { openCommandSource } from '../../../../../src/orchestrator/tools/commands/command-source.js';
import { readCommandSettings } from '../../../../../src/orchestrator/tools/commands/settings.js';
import type { ToolSource } from '../../../../../src/orchestrator/tools/contract.js';
import { makeDockerImage } from '../../../../support/docker-daemon.js';
import { until } from '../../../../support/until.js';

const docker = makeDockerImage();
/** Whoever runs the tests with a Docker of theirs says so; then it must be there. */
const isPromised = process.env['MASSGEN_TEST_DOCKER'] !== undefined;
const reason = 'reason' in docker ? docker.reason : undefined;
const image = 'image' in docker ? docker.image : '';
const PATIENCE_MS = 180_000;

afterAll(() => {
  if ('remove' in docker) docker.remove();
});

interface Shown {
  readonly exit_code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly shell_id?: string;
  readonly output?: string;
  readonly status?: string;
}

let root = '';
let sources: ToolSource[] = [];
let label = '';
/** Docker's clients that hold a container. */
let clients: ChildProcess[] = [];

const watchedStart: typeof startGroup = (command, args, options) => {
  const child = startGroup(command, args, options);
  if (args[0] === 'run') clients.push(child);
  return child;
};

/** The containers of this test that are there. */
const containers = (): string => spawnSync('docker', ['ps', '--all', '--quiet', '--filter', `name=massgen-${label}-`], { encoding: 'utf8' }).stdout;

async function open(block: Record<string, unknown> = {}): Promise<(name: string, given: object, more?: { readonly signal?: AbortSignal; readonly delivering?: boolean }) => Promise<Shown>> {
  const settings = readCommandSettings({ enable_mcp_command_line: true, command_line_execution_mode: 'docker', command_line_docker_image: image, ...block }, { home: path.join(root, 'home'), base: root });
  if (settings === undefined) throw new Error('no commands');
  const workspace = path.join(root, 'workspace');
  const roots = [{ kind: 'workspace', path: workspace, right: 'write' } as const, { kind: 'context', path: path.join(root, 'context'), right: 'deliver', protectedPaths: [path.join(root, 'context/kept')] } as const];
  const source = await openCommandSource(settings, { processes: { start: watchedStart, end: endGroup }, environment: childEnvironment(process.env), lookUp: () => 'a-token-value', folders: { workspace, roots }, label });
  sources.push(source);
  return async (name, given, more = {}) => {
    const tool = source.tools().find((each) => each.name === name);
    const outcome = await tool?.run(given as Readonly<Record<string, unknown>>, { agent: 'a', callId: 'c', signal: new AbortController().signal, delivering: false, progress: () => undefined, spent: () => undefined, ...more });
    return JSON.parse(outcome?.text ?? '') as Shown;
  };
}

const sh = (command: string, timeout = 120): object => ({ command, timeout });
const there = (...names: readonly string[]): boolean => existsSync(path.join(root, ...names));

function inDocker(): void {
  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-daemon-')));
    for (const name of ['workspace', 'context', 'context/kept', 'home']) mkdirSync(path.join(root, name));
    writeFileSync(path.join(root, 'secret'), 'host-secret');
    writeFileSync(path.join(root, 'context/plain'), 'plain');
    writeFileSync(path.join(root, 'context/.env'), 'KEY=context-secret');
    label = `daemon-${path.basename(root).replace(/\W/gu, '')}`;
    [sources, clients] = [[], []];
  });

  afterEach(async () => {
    await Promise.all(sources.map((source) => source.close()));
    await until(() => containers() === '', PATIENCE_MS);
    rmSync(root, { recursive: true, force: true });
  }, PATIENCE_MS);

  const works = (name: string, test: () => Promise<void>): void => it(name, test, PATIENCE_MS);

  works('commands run in the workspace, and what they make is the user’s', async () => {
    const call = await open();
    expect(await call('execute_command', sh('readlink -f .; echo problem >&2; mkdir a; echo x > a/b; exit 3'))).toMatchObject({ exit_code: 3, stdout: `${root}/workspace\n`, stderr: 'problem\n' });
    expect(readFileSync(path.join(root, 'workspace/a/b'), 'utf8')).toBe('x\n');
    expect(statSync(path.join(root, 'workspace/a/b')).uid).toBe(process.getuid?.());
  });

  works('they see nothing else of the machine, no key and no network, and have no rights', async () => {
    process.env['SECRET_API_KEY'] = 'sk-of-the-host';
    const call = await open({ command_line_docker_credentials: { env_vars: ['TOKEN'] } });
    Reflect.deleteProperty(process.env, 'SECRET_API_KEY');
    const seen = await call('execute_command', sh(`env; ls -A ${root} ${tmpdir()}; cat ${root}/secret; ls /sys/class/net; cat /proc/self/status`));
    expect(seen.stdout).toContain('TOKEN=***');
    expect(seen.stdout).not.toMatch(/sk-of-the-host|host-secret|a-token-value|eth0/u);
    expect(seen.stdout).toMatch(/CapEff:\s+0{16}\n/u);
    expect(seen.stdout).toMatch(/NoNewPrivs:\s+1\n/u);
  });

  works('the user’s folders are read-only until the delivery, secrets in them empty, and what is protected stays as it is', async () => {
    const call = await open();
    const write = sh(`cd ${root}/context; cat plain .env; touch new kept/no`);
    expect(await call('execute_command', write)).toMatchObject({ stdout: 'plain', exit_code: 1 });
    expect(there('context/new')).toBe(false);
    expect(await call('execute_command', write, { delivering: true })).toMatchObject({ stdout: 'plain', exit_code: 1 });
    expect([there('context/new'), there('context/kept/no')]).toEqual([true, false]);
  });

  works('a command ends with all that it started when its time is over, and the next one finds nothing of it', async () => {
    const call = await open();
    expect((await call('execute_command', sh('sleep 4321 & sleep 4322 & touch up; sleep 4323', 3))).exit_code).not.toBe(0);
    const left = sh("for each in /proc/[0-9]*/cmdline; do cat $each; echo; done | cat -v");
    await until(async () => !(await call('execute_command', left)).stdout.includes('432'), PATIENCE_MS);
    expect((await call('execute_command', sh('sleep 4324 & echo started'))).stdout).toBe('started\n');
    expect((await call('execute_command', left)).stdout).not.toContain('4324');
  });

  works('a command ends when nobody waits for it any more', async () => {
    const call = await open();
    const leave = new AbortController();
    const end = call('execute_command', sh('touch up; sleep 4321', 600), { signal: leave.signal });
    await until(() => there('workspace/up'), PATIENCE_MS);
    leave.abort();
    expect((await end).exit_code).not.toBe(0);
  });

  works('commands run on in the background until they are ended', async () => {
    const call = await open();
    const shell = await call('start_background_shell', { command: 'echo up; sleep 4321' });
    await until(async () => (await call('get_background_shell_output', shell)).output === 'up\n', PATIENCE_MS);
    await call('kill_background_shell', shell);
    await until(async () => (await call('get_background_shell_status', shell)).status === 'stopped', PATIENCE_MS);
  });

  works('of an output without end a head and a tail are kept', async () => {
    const call = await open();
    const { stdout } = await call('execute_command', sh('echo first; yes | head -c 3000000; echo last'));
    expect(stdout).toMatch(/^first\n[^]*characters left out[^]*last\n$/u);
    expect(stdout.length).toBeLessThan(160_000);
  });

  works('the container goes with the one who runs it, also when that is killed', async () => {
    const call = await open();
    await call('execute_command', sh('true'));
    expect(containers()).not.toBe('');
    for (const client of clients) client.kill('SIGKILL');
    await until(() => containers() === '' && clients.every(({ signalCode }) => signalCode !== null), PATIENCE_MS);
    expect((await call('execute_command', sh('echo again'))).stdout).toBe('again\n');
  });

  works('an image that is not here, and cannot be got, is an error that says what to do', async () => {
    await expect(open({ command_line_docker_image: 'localhost:1/massgen-none:1' })).rejects.toThrow(/not here and could not be pulled: .*; get it with `docker pull localhost:1\/massgen-none:1`/u);
  });
}

if (reason === undefined || isPromised) describe('commands in a container of a real Docker', inDocker);
else it.skip(`commands in a container of a real Docker (skipped: ${reason})`, () => undefined);
