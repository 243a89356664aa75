import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { MassgenError } from '../../../../errors.js';
import type { CommandDeps } from '../place.js';
import { runToEnd, type CommandEnd } from '../run-to-end.js';

/** What Docker does without waiting for anybody. */
export const QUICK_MS = 20_000;

/** Docker's command line. */
export interface DockerClient {
  /** Runs one of its commands to its end; an end by the time limit has the code null. Throws `config-invalid` without a Docker. */
  readonly run: (args: readonly string[], timeoutMs: number) => Promise<CommandEnd>;
  readonly start: (args: readonly string[], more?: Readonly<Record<string, string>>) => ChildProcessWithoutNullStreams;
  readonly end: (child: ChildProcessWithoutNullStreams) => void;
}

export const noDocker = (): MassgenError => new MassgenError('config-invalid', 'command_line_execution_mode is "docker", but there is no docker here; install Docker (https://docs.docker.com/engine/install), or set it to local');

export function createDockerClient({ processes, environment }: CommandDeps, program = 'docker'): DockerClient {
  const start: DockerClient['start'] = (args, more = {}) => processes.start(program, args, { cwd: '/', env: { ...environment, ...more } });
  return {
    start,
    end: processes.end,
    run: async (args, timeoutMs) => {
      const child = start(args);
      return runToEnd(child, () => processes.end(child), { timeoutMs }).catch(() => {
        throw noDocker();
      });
    },
  };
}

/** What Docker complains of, without what it says to everything. */
export function complaintOf({ stderr, stdout }: Pick<CommandEnd, 'stderr' | 'stdout'>): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^(?:Run|See) 'docker [\w ]*--help'|^Unable to find image|^errors? pretty printing info/iu.test(line));
  return (lines.at(-1) ?? '').replace(/^(?:docker: |Error response from daemon: |errors?: )+/iu, '').replace(/\.?(?: Is the docker daemon running\?)?$/u, '');
}

/** Docker refuses or does not answer: an error that names what to do. */
export function dockerTrouble(what: string, end: Pick<CommandEnd, 'stderr' | 'stdout' | 'code' | 'ended'>, otherwise: string): MassgenError {
  const complaint = end.ended === 'timeout' ? 'it takes too long' : complaintOf(end);
  const remedy = /permission denied.*(?:docker\.sock|daemon|docker API)/iu.test(complaint)
    ? 'add yourself to the group docker, or ask who looks after this machine'
    : /cannot connect to the docker|docker daemon is not running|failed to connect to the docker|error during connect/iu.test(complaint)
      ? 'start Docker (systemctl start docker, or Docker Desktop), or set command_line_execution_mode to local'
      : otherwise;
  return new MassgenError('config-invalid', `${what}: ${complaint === '' ? 'Docker says nothing about why' : complaint}; ${remedy}`);
}
