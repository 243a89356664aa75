import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endGroup, startGroup } from '../../../../../src/backends/wires/process/process-group.js';
import { openDockerPlace } from '../../../../../src/orchestrator/tools/commands/docker/docker-place.js';
import type { CommandDeps, CommandPlace } from '../../../../../src/orchestrator/tools/commands/place.js';
import { runToEnd, type CommandEnd } from '../../../../../src/orchestrator/tools/commands/run-to-end.js';
import { readCommandSettings } from '../../../../../src/orchestrator/tools/commands/settings.js';
import { dockerStandIn, type DockerStandIn } from '../../../../support/docker-stand-in.js';
import { until } from '../../../../support/until.js';

const IMAGE = 'ghcr.io/massgen/mcp-runtime:latest';
const ME = `${String(process.getuid?.())}:${String(process.getgid?.())}`;

let root = '';
let docker: DockerStandIn;
let places: CommandPlace[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'massgen-docker-')));
  for (const name of ['workspace', 'context', 'context/.massgen', 'context/kept', 'home', 'client']) mkdirSync(path.join(root, name));
  docker = dockerStandIn(path.join(root, 'client'), IMAGE, 'ghcr.io/massgen/mcp-runtime-sudo:latest');
  places = [];
});

afterEach(async () => {
  await Promise.all(places.map((place) => place.close()));
  rmSync(root, { recursive: true, force: true });
});

const deps = (): CommandDeps => ({
  processes: { start: startGroup, end: endGroup },
  environment: { PATH: process.env['PATH'] ?? '', HOME: path.join(root, 'home') },
  lookUp: (name) => (name === 'GH_TOKEN' ? 'gh-secret-1' : undefined),
  folders: {
    workspace: path.join(root, 'workspace'),
    roots: [
      { kind: 'workspace', path: path.join(root, 'workspace'), right: 'write' },
      { kind: 'results', path: path.join(root, 'results/later'), right: 'read' },
      { kind: 'previous', path: path.join(root, 'nowhere'), right: 'read' },
      { kind: 'context', path: path.join(root, 'context'), right: 'deliver', protectedPaths: [path.join(root, 'context/kept')] },
    ],
  },
  label: 'test-1',
});

async function open(block: Record<string, unknown> = {}, program = docker.program): Promise<CommandPlace> {
  const settings = readCommandSettings({ enable_mcp_command_line: true, command_line_execution_mode: 'docker', ...block }, { home: path.join(root, 'home'), base: root });
  if (settings === undefined) throw new Error('no commands');
  const place = await openDockerPlace(settings, deps(), program);
  places.push(place);
  return place;
}

async function run(place: CommandPlace, command: string, { delivering = false, signal = new AbortController().signal } = {}): Promise<CommandEnd> {
  const child = await place.start(command, path.join(root, 'workspace'), delivering);
  const end = await runToEnd(child, () => place.end(child), { timeoutMs: 60_000, signal });
  await place.settle?.(child);
  return end;
}

const started = (): readonly string[] => docker.calls().filter((call) => call.startsWith('run '));
const bound = (name: string, how = ''): string => `type=bind,source=${root}/${name},target=${root}/${name}${how} `;

describe('a container for an agent’s commands', () => {
  it('is started with the first command, kept for the others, and goes with the agent', async () => {
    const place = await open();
    expect(started()).toEqual([]);
    expect((await run(place, 'echo one; exit 3')).code).toBe(3);
    expect((await run(place, 'echo two')).stdout).toBe('two\n');
    expect(started()).toHaveLength(1);
    await place.close();
    expect(docker.calls()).toContainEqual(expect.stringMatching(/^rm --force massgen-test-1-1$/u));
  });

  it('lives no longer than Docker’s client does, which ends with massgen', async () => {
    const place = await open();
    await run(place, 'true');
    expect(started()[0]).toContain('--interactive --rm ');
    expect(docker.calls()).not.toContain('gone');
  });

  it('has no network, no rights and the limits of the configuration; commands are the user’s', async () => {
    await run(await open({ command_line_docker_memory_limit: '2g', command_line_docker_cpu_limit: 1.5 }), 'true');
    expect(started()[0]).toContain('--network none --pids-limit 512 --memory 2g --cpus 1.5 --cap-drop ALL --security-opt no-new-privileges');
    expect(docker.calls()).toContainEqual(expect.stringMatching(new RegExp(`^exec --user ${ME} --workdir ${root}/workspace massgen-test-1-1 /bin/sh /run/massgen/run true `, 'u')));
  });

  it('has the places that the agent may use and nothing else: what is missing is left out or made, what is nobody’s is empty', async () => {
    writeFileSync(path.join(root, 'context/.env'), 'KEY=1');
    await run(await open(), 'true');
    const [line = ''] = started();
    expect(line).toContain(bound('workspace'));
    expect(line).toContain(bound('context', ',readonly'));
    expect(line).toContain(bound('results/later', ',readonly'));
    expect(line).toContain(`type=bind,source=/dev/null,target=${root}/context/.env,readonly `);
    expect(line).toContain(`type=tmpfs,target=${root}/context/.massgen,`);
    expect(line).not.toMatch(/nowhere|context\/kept/u);
  });

  it('is another one for the delivery, where the agent may write what it may write then', async () => {
    const place = await open();
    await run(place, 'true');
    await run(place, 'true', { delivering: true });
    expect(started()).toHaveLength(2);
    expect(started()[1]).toContain(bound('context'));
    expect(started()[1]).toContain(bound('context/kept', ',readonly'));
    await place.close();
    expect(docker.calls().filter((call) => call.startsWith('rm '))).toHaveLength(2);
  });

  it('is started anew when it has ended', async () => {
    const place = await open();
    await run(place, 'true');
    process.kill(docker.client(), 'SIGKILL');
    await until(async () => {
      await run(place, 'true');
      return started().length === 2;
    });
    expect(started()[1]).toContain('--name massgen-test-1-');
  });

  it('takes paths with commas', async () => {
    await run(await open({ command_line_docker_credentials: { additional_mounts: { 'a,"b"': { bind: '/mnt' } } } }), 'true');
    expect(started()[0]).toContain(`type=bind,"source=${root}/a,""b""",target=/mnt,readonly `);
  });

  it('ends a command inside, too, when nobody waits for it any more', async () => {
    const leave = new AbortController();
    const end = run(await open(), `touch ${root}/up; sleep 300`, { signal: leave.signal });
    await until(() => existsSync(path.join(root, 'up')));
    leave.abort();
    expect((await end).ended).toBe('abort');
    expect(docker.calls()).toContainEqual(expect.stringMatching(/\/bin\/sh \/run\/massgen\/end \/run\/massgen\/2 /u));
  });

  it('minds how Docker treats users and files', async () => {
    docker.says(['name=rootless', 'name=selinux', 'name=userns']);
    await run(await open(), 'true');
    expect(started()[0]).toContain('--userns host --security-opt label=disable');
    expect(docker.calls().find((call) => call.startsWith('exec '))).not.toContain('--user');
  });

  it('may be Podman’s', async () => {
    docker.isPodman('true true');
    await run(await open(), 'true');
    expect(started()[0]).toContain('--security-opt label=disable');
    expect(docker.calls().find((call) => call.startsWith('exec '))).not.toContain('--user');
  });

  it('lets an agent with sudo keep its rights, and what it makes is the user’s afterwards', async () => {
    const place = await open({ command_line_docker_enable_sudo: true });
    await run(place, 'true');
    expect(started()[0]).toContain('mcp-runtime-sudo:latest');
    expect(started()[0]).not.toContain('--cap-drop');
    expect(docker.calls().some((call) => call.includes('/run/massgen/settle'))).toBe(process.getuid?.() !== 0);
  });
});

describe('what a container is given of the user’s', () => {
  const credentials = (block: object): Record<string, unknown> => ({ command_line_docker_credentials: block });

  it('is named variables, whose values no list of processes shows and no agent is shown', async () => {
    writeFileSync(path.join(root, 'vars'), 'ONE=first-value\nTWO=second-value\nPATH=/mine\n');
    const place = await open(credentials({ env_file: 'vars', env_vars_from_file: ['ONE', 'PATH'], env_vars: ['GH_TOKEN', 'ABSENT'] }));
    await run(place, 'true');
    expect(started()[0]).toContain('--env ONE --env PATH=/mine --env GH_TOKEN ');
    expect(started()[0]).not.toMatch(/first-value|gh-secret|TWO|ABSENT/u);
    expect(docker.environment()).toMatch(/^ONE=first-value$/mu);
    expect(docker.environment()).not.toContain('second-value');
    expect(place.secrets).toEqual(['first-value', 'gh-secret-1']);
  });

  it('is a whole file of variables where none is named, and an error where the file is not there', async () => {
    writeFileSync(path.join(root, 'vars'), 'ONE=1\nTWO=2\n');
    await run(await open(credentials({ env_file: 'vars' })), 'true');
    expect(started()[0]).toContain('--env ONE --env TWO ');
    await expect(open(credentials({ env_file: 'none' }))).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining(`env_file: ${root}/none cannot be read (ENOENT)`) as unknown as string });
  });

  it('is what of the home folder is there, read-only, where programs look for it', async () => {
    writeFileSync(path.join(root, 'home/.gitconfig'), '');
    await run(await open(credentials({ mount: ['git_config', 'ssh_keys'] })), 'true');
    expect(started()[0]).toContain(`type=bind,source=${root}/home/.gitconfig,target=/home/massgen/.gitconfig,readonly `);
    expect(started()[0]).toContain('--env HOME=/home/massgen ');
    expect(started()[0]).not.toContain('.ssh');
  });
});

describe('packages for a container', () => {
  const packages = { command_line_docker_packages: { preinstall: { python: ['tomli'], system: ['jq'] } } };

  it('are installed once, in a container with a network and nothing of the user’s', async () => {
    await run(await open(packages), 'true');
    const [install = '', commands = ''] = started();
    expect(install).toContain('--network bridge');
    expect(install).not.toMatch(/--mount|--env|--cap-drop/u);
    expect(commands).toMatch(/--network none .* massgen-packages:[0-9a-f]{16} -s /u);
    const installed = docker.calls().filter((call) => call.startsWith('exec massgen-packages'));
    expect(installed).toHaveLength(2);
    await run(await open(packages), 'true');
    expect(docker.calls().filter((call) => call.startsWith('commit '))).toHaveLength(1);
  });

  it('are installed once for agents that open at once', async () => {
    await Promise.all([open(packages), open(packages)]);
    expect(docker.calls().filter((call) => call.startsWith('commit '))).toHaveLength(1);
  });

  it('that cannot be installed are an error that names them, and leave no container', async () => {
    docker.complain('install', 'E: Unable to locate package jq');
    await expect(open(packages)).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringMatching(/jq \(system\) could not be installed into .*: E: Unable to locate package jq; correct the names/u) as unknown as string });
    expect(docker.calls()).toContainEqual(expect.stringMatching(/^rm --force massgen-packages-/u));
  });

  it('are names, and no options for their installers', async () => {
    await expect(open({ command_line_docker_packages: { preinstall: { python: ['--index-url=http://x'] } } })).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

describe('without a Docker that works', () => {
  const trouble = async (block: Record<string, unknown> = {}, program?: string): Promise<string> => open(block, program).then(() => '', (error: unknown) => (error as Error).message);

  it('the error says to install it', async () => {
    expect(await trouble({}, path.join(root, 'nowhere/docker'))).toContain('there is no docker here; install Docker');
  });

  it('the error says to start it, or to have the right to it', async () => {
    docker.complain('daemon', 'docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?');
    expect(await trouble()).toBe('Docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock; start Docker (systemctl start docker, or Docker Desktop), or set command_line_execution_mode to local');
    docker.complain('daemon', 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock');
    expect(await trouble()).toContain('add yourself to the group docker');
  });

  it('the error says which image to get', async () => {
    expect(await trouble({ command_line_docker_image: 'mine:1' })).toBe('the image mine:1 is not here and could not be pulled: no such host; get it with `docker pull mine:1`, or name another one in command_line_docker_image');
  });

  it('a command that has no container is told why, and the next one tries again', async () => {
    const place = await open({ command_line_docker_memory_limit: 'lots' });
    docker.complain('run', "docker: invalid argument \"lots\" for \"-m, --memory\" flag: invalid size: 'lots'");
    await expect(run(place, 'true')).rejects.toMatchObject({ message: expect.stringMatching(/could not be started: invalid argument "lots"/u) as unknown as string });
    rmSync(path.join(root, 'client/no-run'));
    expect((await run(place, 'echo up')).stdout).toBe('up\n');
  });

  it('nothing is started once the run is over', async () => {
    const place = await open();
    await place.close();
    await expect(place.start('true', root, false)).rejects.toThrow('over');
    await until(() => started().length === 0);
  });
});
