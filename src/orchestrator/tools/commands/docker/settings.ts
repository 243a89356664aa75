import path from 'node:path';
import { MassgenError } from '../../../../errors.js';
import { isMap, textsOf, type JsonMap } from '../../../json-map.js';
import { oneOf } from '../one-of.js';

/** Where the user's relative paths and `~` begin. */
export interface UserPlaces {
  readonly home: string;
  readonly base: string;
}

/** Something of the user's that a container has. */
export interface ContainerMount {
  /** Absolute, on this machine. */
  readonly from: string;
  /** Absolute, in the container. */
  readonly to: string;
  readonly mode: 'ro' | 'rw';
  /** Left out where this machine has no such thing. */
  readonly ifThere: boolean;
}

export const PACKAGE_KINDS = ['system', 'python', 'npm'] as const;
export type PackageKind = (typeof PACKAGE_KINDS)[number];

/** What the configuration says of an agent's container. */
export interface DockerSettings {
  readonly image: string;
  readonly network: 'none' | 'bridge' | 'host';
  /** As Docker takes it: `4g`. */
  readonly memory?: string;
  readonly cpus?: number;
  readonly sudo: boolean;
  /** Names of variables that the container is given from massgen's environment. */
  readonly envVars: readonly string[];
  /** Absolute. Its variables are given to the container: those named, or all. */
  readonly envFile?: { readonly path: string; readonly only?: readonly string[] };
  readonly mounts: readonly ContainerMount[];
  /** What is put into the image before anything runs in it. */
  readonly packages: Readonly<Record<PackageKind, readonly string[]>>;
}

/** Where the container's user finds what of this machine's user it is given. */
export const CONTAINER_HOME = '/home/massgen';
const DEFAULT_IMAGE = 'ghcr.io/massgen/mcp-runtime:latest';
const SUDO_IMAGE = 'ghcr.io/massgen/mcp-runtime-sudo:latest';

/** What MassGen's shortcuts for credentials stand for. */
const CREDENTIALS: Readonly<Record<string, string>> = { ssh_keys: '.ssh', git_config: '.gitconfig', gh_config: '.config/gh', npm_config: '.npmrc', pypi_config: '.pypirc' };

const mapAt = (block: JsonMap, key: string): JsonMap => (isMap(block[key]) ? block[key] : {});
const expand = (text: string, { home, base }: UserPlaces): string => path.resolve(base, text.replace(/^~(?=\/|$)/u, home));

function readMounts(credentials: JsonMap, places: UserPlaces): readonly ContainerMount[] {
  const named = textsOf(credentials['mount']).map((name): ContainerMount => {
    const file = CREDENTIALS[name];
    if (file === undefined) throw new MassgenError('config-invalid', `command_line_docker_credentials.mount: there is no "${name}"; known are ${Object.keys(CREDENTIALS).join(', ')}`);
    return { from: path.join(places.home, file), to: `${CONTAINER_HOME}/${file}`, mode: 'ro', ifThere: true };
  });
  const written = Object.entries(mapAt(credentials, 'additional_mounts')).map(([from, entry]): ContainerMount => {
    const { bind, mode } = isMap(entry) ? entry : { bind: entry, mode: 'ro' };
    const to = typeof bind === 'string' ? bind : expand(from, places);
    if (!path.posix.isAbsolute(to)) throw new MassgenError('config-invalid', `command_line_docker_credentials.additional_mounts: bind of ${from} must be a path from "/", not "${to}"`);
    return { from: expand(from, places), to, mode: mode === 'rw' ? 'rw' : 'ro', ifThere: false };
  });
  return [...named, ...written];
}

function readEnvFile(credentials: JsonMap, places: UserPlaces): DockerSettings['envFile'] {
  const { env_file: file, env_vars_from_file: only } = credentials;
  if (typeof file !== 'string') return undefined;
  return { path: expand(file, places), ...(Array.isArray(only) ? { only: textsOf(only) } : {}) };
}

function readPackages(block: JsonMap): DockerSettings['packages'] {
  const preinstall = mapAt(mapAt(block, 'command_line_docker_packages'), 'preinstall');
  for (const name of PACKAGE_KINDS.flatMap((kind) => textsOf(preinstall[kind]))) {
    if (/^-|\s|^$/u.test(name)) throw new MassgenError('config-invalid', `command_line_docker_packages.preinstall: "${name}" is no package; write names and versions, one an entry`);
  }
  return { system: textsOf(preinstall['system']), python: textsOf(preinstall['python']), npm: textsOf(preinstall['npm']) };
}

/** The container's part of a checked backend block. Throws `config-invalid` for what cannot be. */
export function readDocker(block: JsonMap, places: UserPlaces): DockerSettings {
  const credentials = mapAt(block, 'command_line_docker_credentials');
  const { command_line_docker_image: image, command_line_docker_memory_limit: memory, command_line_docker_cpu_limit: cpus } = block;
  const sudo = block['command_line_docker_enable_sudo'] === true;
  const envFile = readEnvFile(credentials, places);
  return {
    image: typeof image === 'string' ? image : sudo ? SUDO_IMAGE : DEFAULT_IMAGE,
    network: oneOf(block['command_line_docker_network_mode'], ['none', 'bridge', 'host'], 'none'),
    ...(typeof memory === 'string' ? { memory } : {}),
    ...(typeof cpus === 'number' ? { cpus } : {}),
    sudo,
    envVars: textsOf(credentials['env_vars']),
    ...(envFile === undefined ? {} : { envFile }),
    mounts: readMounts(credentials, places),
    packages: readPackages(block),
  };
}
