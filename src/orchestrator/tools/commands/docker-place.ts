import { MassgenError } from '../../../errors.js';
import type { CommandDeps, CommandPlace } from './place.js';
import { runToEnd, type CommandEnd } from './run-to-end.js';
import type { CommandSettings, DockerSettings } from './settings.js';

const START_MS = 180_000;
const QUICK_MS = 20_000;

/** What `docker exec` starts leads a process group (runc calls setsid); it writes its number down, so that it can be ended from outside: ending the client ends nothing there. */
const GROUP = 'echo $$ > "$2"; exec /bin/sh -c "$1"';

function limits({ memory, cpus, sudo, network }: DockerSettings): readonly string[] {
  return [
    ...['--network', network, '--pids-limit', '512'],
    ...(memory === undefined ? [] : ['--memory', memory]),
    ...(cpus === undefined ? [] : ['--cpus', String(cpus)]),
    ...(sudo ? [] : ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', ...(process.getuid === undefined ? [] : ['--user', `${String(process.getuid())}:${String(process.getgid?.() ?? 0)}`])]),
  ];
}

/** Arguments of `docker run` for a container that waits for commands: the workspace at its own path, what may be read read-only. */
export function containerArguments(name: string, settings: DockerSettings, deps: CommandDeps): readonly string[] {
  const { workspace, readable } = deps.folders;
  const known = settings.envVars.flatMap((variable) => (deps.lookUp(variable) === undefined ? [] : ['--env', variable]));
  return [
    ...['run', '--detach', '--rm', '--init', '--name', name, '--label', 'massgen', '--workdir', workspace],
    ...limits(settings),
    ...['--env', `HOME=${workspace}`, '--env', `XDG_CACHE_HOME=${workspace}/.cache`],
    ...known,
    ...(settings.envFile === undefined ? [] : ['--env-file', settings.envFile]),
    ...['--mount', `type=bind,source=${workspace},target=${workspace}`],
    ...readable.flatMap((each) => ['--mount', `type=bind,source=${each},target=${each},readonly`]),
    ...settings.mounts.flatMap(({ from, to, mode }) => ['--mount', `type=bind,source=${from},target=${to}${mode === 'ro' ? ',readonly' : ''}`]),
    ...[settings.image, 'tail', '-f', '/dev/null'],
  ];
}

const firstLine = ({ stderr, stdout }: CommandEnd): string => (stderr.trim() === '' ? stdout : stderr).trim().split('\n').at(-1) ?? '';

/** Commands in a container of the agent's own, through Docker's command line. Throws `config-invalid` when there is no Docker, or it refuses. */
export async function openDockerPlace({ docker }: CommandSettings, deps: CommandDeps, program = 'docker'): Promise<CommandPlace> {
  const name = `massgen-${deps.label}`;
  const named = Object.fromEntries(docker.envVars.map((variable) => [variable, deps.lookUp(variable)] as const).filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  const run = (args: readonly string[], timeoutMs: number, env = deps.environment): Promise<CommandEnd> => {
    const child = deps.processes.start(program, args, { cwd: deps.folders.workspace, env });
    return runToEnd(child, () => deps.processes.end(child), { timeoutMs });
  };
  const began = await run(containerArguments(name, docker, deps), START_MS, { ...deps.environment, ...named }).catch(() => {
    throw new MassgenError('config-invalid', 'command_line_execution_mode is "docker", but there is no docker here; install Docker, or set it to local');
  });
  if (began.code !== 0) throw new MassgenError('config-invalid', `Docker could not start the container ${docker.image}: ${firstLine(began) || `no answer in ${String(START_MS / 1000)} s`}; is it running, and is the image there (docker pull ${docker.image})?`);
  let count = 0;
  const files = new WeakMap<object, string>();
  return {
    description: `in a container (${docker.image}, network: ${docker.network})`,
    isConfined: docker.network === 'none' && docker.mounts.every(({ mode }) => mode === 'ro'),
    start: (command, folder) => {
      count += 1;
      const file = `/tmp/massgen-${String(count)}.pid`;
      const child = deps.processes.start(program, ['exec', '--workdir', folder, name, '/bin/sh', '-c', GROUP, 'sh', command, file], { cwd: deps.folders.workspace, env: deps.environment });
      files.set(child, file);
      return child;
    },
    end: (child) => {
      const file = files.get(child);
      if (file !== undefined && child.exitCode === null) void run(['exec', name, '/bin/sh', '-c', `kill -9 -$(cat ${file}) 2>/dev/null`], QUICK_MS).catch(() => undefined);
      deps.processes.end(child);
    },
    close: async () => {
      await run(['rm', '--force', name], QUICK_MS).catch(() => undefined);
    },
  };
}
