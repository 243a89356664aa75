import { textsOf, type JsonMap } from '../../json-map.js';
import type { CommandRules } from './command-rules.js';
import { readDocker, type DockerSettings, type UserPlaces } from './docker/settings.js';
import { oneOf } from './one-of.js';

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

/**
 * The commands of an agent by its checked backend block; undefined when it may run none.
 * An agent that only names the tool (`isNamed`), as a profile does, has its commands in a sandbox without a network or not at
 * all: whoever reaches it through a server shall not have the machine with it.
 */
export function readCommandSettings(block: JsonMap, places: UserPlaces, isNamed = false): CommandSettings | undefined {
  const isEnabled = block['enable_mcp_command_line'] === true;
  if (!isEnabled && !isNamed) return undefined;
  const allowed = block['command_line_allowed_commands'];
  const mode = oneOf(block['command_line_execution_mode'], ['local', 'docker'], 'local');
  const docker = readDocker(block, places);
  return {
    mode,
    sandbox: oneOf(block['command_line_sandbox'], ['auto', 'require', 'off'], isEnabled ? 'auto' : 'require'),
    network: isEnabled,
    rules: { ...(Array.isArray(allowed) ? { allowed: textsOf(allowed) } : {}), blocked: textsOf(block['command_line_blocked_commands']), ...(mode === 'docker' && docker.sudo ? { sudo: true } : {}) },
    docker,
  };
}
