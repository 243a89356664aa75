import { complaintOf, dockerTrouble, noDocker, QUICK_MS, type DockerClient } from './client.js';
import { KEEPER, NOTES } from './scripts.js';
import { keepEnds } from '../run-to-end.js';

const START_MS = 120_000;

/** Who the commands of a container are on this machine: whose the files are that they make. */
export interface ContainerUser {
  /** Undefined where the container's root is who started massgen, or numbers mean nothing. */
  readonly id?: string;
  readonly group?: string;
  /** Root's rights are to be had. */
  readonly sudo: boolean;
  readonly home: string;
}

/** A container that is there as long as this process is. */
export interface Container {
  readonly name: string;
  readonly isThere: () => boolean;
  readonly close: () => Promise<void>;
}

/**
 * Starts a container whose first process waits for the end of its input, which Docker's client holds open: with the client,
 * and that with massgen, goes the container. `args` are those of `docker run`, with the image at their end.
 */
export async function startContainer(docker: DockerClient, name: string, user: ContainerUser, args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Container> {
  const child = docker.start(['run', '--interactive', '--rm', '--name', name, '--label', 'massgen', '--pull', 'never', '--no-healthcheck', '--hostname', 'massgen', '--add-host', 'massgen:127.0.0.1', '--user', '0:0', '--tmpfs', `${NOTES}:mode=1777,size=1m`, '--entrypoint', '/bin/sh', ...args, '-s', user.id ?? '', user.group ?? '', user.home, user.sudo ? 'sudo' : ''], variables);
  child.stdin.write(KEEPER);
  const [stdout, stderr] = [keepEnds(), keepEnds()];
  let isGone = false;
  const close = async (): Promise<void> => {
    isGone = true;
    await docker.run(['rm', '--force', name], QUICK_MS).catch(() => undefined);
    docker.end(child);
  };
  const begun = await new Promise<'ready' | 'exit' | 'timeout' | 'missing'>((resolve) => {
    const timer = setTimeout(resolve, START_MS, 'timeout');
    const settle = (how: 'ready' | 'exit' | 'missing'): void => {
      clearTimeout(timer);
      resolve(how);
    };
    child.stdout.on('data', (bytes: Buffer) => {
      stdout.add(bytes);
      if (/^ready$/mu.test(stdout.text())) settle('ready');
    });
    child.stderr.on('data', stderr.add);
    child.once('error', () => settle('missing'));
    child.once('close', () => {
      isGone = true;
      settle('exit');
    });
  });
  if (begun === 'ready') return { name, isThere: () => !isGone && child.exitCode === null && child.signalCode === null, close };
  if (begun === 'missing') throw noDocker();
  await close();
  const end = { code: child.exitCode, stdout: stdout.text(), stderr: stderr.text(), ended: begun === 'timeout' ? ('timeout' as const) : ('itself' as const) };
  throw dockerTrouble(`the container of ${args.at(-1) ?? ''} could not be started`, end, remedyOf(complaintOf(end)));
}

const remedyOf = (complaint: string): string => (/\/bin\/sh|executable file not found/u.test(complaint) ? 'the image must have /bin/sh: name another one in command_line_docker_image' : 'correct the command_line_docker_* keys that it is about');
