import { MassgenError } from '../../../errors.js';
import type { CommandRules } from './command-rules.js';
import { isMap, textsOf, type JsonMap } from '../../json-map.js';

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
  readonly envFile?: string;
  /** Host path → where and how the container has it. */
  readonly mounts: readonly { readonly from: string; readonly to: string; readonly mode: 'ro' | 'rw' }[];
}

/** What the configuration says of an agent's commands. */
export interface CommandSettings {
  readonly mode: 'local' | 'docker';
  /** For local commands: bubblewrap where it is, always, or never. */
  readonly sandbox: 'auto' | 'require' | 'off';
  /** Whether a sandbox lets local commands reach the network. */
  readonly network: boolean;
  readonly rules: CommandRules;
  readonly docker: DockerSettings;
}

const DEFAULT_IMAGE = 'ghcr.io/massgen/mcp-runtime:latest';
const SUDO_IMAGE = 'ghcr.io/massgen/mcp-runtime-sudo:latest';

const oneOf = <const Value extends string>(value: unknown, values: readonly Value[], usual: Value): Value => values.find((each) => each === value) ?? usual;

/** What MassGen's shortcuts for credentials stand for. */
const CREDENTIALS: Readonly<Record<string, string>> = { ssh_keys: '.ssh', git_config: '.gitconfig', gh_config: '.config/gh', npm_config: '.npmrc', pypi_config: '.pypirc' };

function readMounts(credentials: JsonMap, home: string): DockerSettings['mounts'] {
  const named = textsOf(credentials['mount']).map((name) => {
    const file = CREDENTIALS[name];
    if (file === undefined) throw new MassgenError('config-invalid', `command_line_docker_credentials.mount: there is no "${name}"; known are ${Object.keys(CREDENTIALS).join(', ')}`);
    return { from: `${home}/${file}`, to: `/home/massgen/${file}`, mode: 'ro' } as const;
  });
  const more = isMap(credentials['additional_mounts']) ? credentials['additional_mounts'] : {};
  const written = Object.entries(more).map(([from, entry]) => {
    const { bind, mode } = isMap(entry) ? entry : { bind: entry, mode: 'ro' };
    return { from: from.replace(/^~(?=\/|$)/u, home), to: typeof bind === 'string' ? bind : from, mode: mode === 'rw' ? ('rw' as const) : ('ro' as const) };
  });
  return [...named, ...written];
}

function readDocker(block: JsonMap, home: string): DockerSettings {
  const credentials = isMap(block['command_line_docker_credentials']) ? block['command_line_docker_credentials'] : {};
  const { command_line_docker_image: image, command_line_docker_memory_limit: memory, command_line_docker_cpu_limit: cpus } = block;
  const sudo = block['command_line_docker_enable_sudo'] === true;
  return {
    image: typeof image === 'string' ? image : sudo ? SUDO_IMAGE : DEFAULT_IMAGE,
    network: oneOf(block['command_line_docker_network_mode'], ['none', 'bridge', 'host'], 'none'),
    ...(typeof memory === 'string' ? { memory } : {}),
    ...(typeof cpus === 'number' ? { cpus } : {}),
    sudo,
    envVars: textsOf(credentials['env_vars']),
    ...(typeof credentials['env_file'] === 'string' ? { envFile: credentials['env_file'] } : {}),
    mounts: readMounts(credentials, home),
  };
}

/**
 * The commands of an agent by its checked backend block; undefined when it may run none. `home` is the user's folder.
 * An agent that only names the tool (`isNamed`), as a profile does, has its commands in a sandbox without a network or not at
 * all: whoever reaches it through a server shall not have the machine with it.
 */
export function readCommandSettings(block: JsonMap, home: string, isNamed = false): CommandSettings | undefined {
  const isEnabled = block['enable_mcp_command_line'] === true;
  if (!isEnabled && !isNamed) return undefined;
  const allowed = block['command_line_allowed_commands'];
  return {
    mode: oneOf(block['command_line_execution_mode'], ['local', 'docker'], 'local'),
    sandbox: oneOf(block['command_line_sandbox'], ['auto', 'require', 'off'], isEnabled ? 'auto' : 'require'),
    network: isEnabled,
    rules: { ...(Array.isArray(allowed) ? { allowed: textsOf(allowed) } : {}), blocked: textsOf(block['command_line_blocked_commands']) },
    docker: readDocker(block, home),
  };
}
