import type { Passage } from '../passages.js';
import type { DockerHost } from './host.js';
import { CONTAINER_HOME, type ContainerMount, type DockerSettings } from './settings.js';

/** What a container is made of. */
export interface ContainerPlan {
  readonly image: string;
  readonly settings: DockerSettings;
  readonly host: DockerHost;
  readonly workspace: string;
  /** Of this machine, each at its own path. */
  readonly passages: readonly Passage[];
  /** Of the user's, as the configuration says and as far as they are there. */
  readonly mounts: readonly ContainerMount[];
}

/** One field of the comma-separated list that `--mount` takes. */
const field = (name: string, value: string): string => (/[",\n]/u.test(value) ? `"${`${name}=${value}`.replaceAll('"', '""')}"` : `${name}=${value}`);
const bind = (from: string, to: string, isWritable: boolean): readonly string[] => ['--mount', `type=bind,${field('source', from)},${field('target', to)}${isWritable ? '' : ',readonly'}`];

function passageArguments({ path: at, as, isFolder }: Passage): readonly string[] {
  if (as !== 'nothing') return bind(at, at, as === 'write');
  return isFolder ? ['--mount', `type=tmpfs,${field('target', at)},tmpfs-size=4096`] : bind('/dev/null', at, false);
}

function limitArguments({ memory, cpus, sudo, network }: DockerSettings, host: DockerHost): readonly string[] {
  return [
    ...['--network', network, '--pids-limit', '512'],
    ...(memory === undefined ? [] : ['--memory', memory]),
    ...(cpus === undefined ? [] : ['--cpus', String(cpus)]),
    ...(sudo ? [] : ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']),
    ...(host.remapped ? ['--userns', 'host'] : []),
    ...(host.labelled ? ['--security-opt', 'label=disable'] : []),
  ];
}

/** Where programs look for what is mounted, when they do not look in the home folder. */
const isHomeUsed = (mounts: readonly ContainerMount[]): boolean => mounts.some(({ to }) => to === CONTAINER_HOME || to.startsWith(`${CONTAINER_HOME}/`));

/** The home folder of a container's user: the workspace, unless something of the user's own home is given to it. */
export const homeOf = ({ mounts, workspace }: Pick<ContainerPlan, 'mounts' | 'workspace'>): string => (isHomeUsed(mounts) ? CONTAINER_HOME : workspace);

/** What `docker run` is told of a container for commands: the places that they may use at their own paths, and nothing else of this machine. The image is the last. */
export function containerArguments(plan: ContainerPlan): readonly string[] {
  const { workspace, passages, mounts, settings, host, image } = plan;
  return [
    ...['--workdir', workspace, ...limitArguments(settings, host)],
    ...['--env', `HOME=${homeOf(plan)}`, '--env', `XDG_CACHE_HOME=${workspace}/.cache`],
    ...(isHomeUsed(mounts) ? ['--tmpfs', `${CONTAINER_HOME}:exec,mode=1777`] : []),
    ...passages.flatMap(passageArguments),
    ...mounts.flatMap(({ from, to, mode }) => bind(from, to, mode === 'rw')),
    image,
  ];
}
