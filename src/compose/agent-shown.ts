import type { Environment } from '../backends/resolve.js';
import { MassgenError } from '../errors.js';
import { agentsOf, lacksBackend } from '../orchestrator/agents/agent-document.js';
import { toolsOf } from '../orchestrator/agents/tool-profiles.js';
import { discoverConfig } from '../orchestrator/config/discover.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import { isTable } from '../orchestrator/config/formats/move.js';
import { loadConfigFile } from '../orchestrator/config/load.js';
import { knownSecrets, maskConfig } from '../orchestrator/config/mask.js';
import type { Places } from '../orchestrator/config/places.js';
import { completeBackend } from './agent-backend.js';
import { openAgentRegistry } from './agent-registry.js';
import type { AgentConfiguration, AgentRegistry, RegisteredAgent } from './agent-types.js';

/** An agent as `massgen spawn` shows it, secrets hidden. */
export interface ShownAgent {
  readonly id: string;
  readonly name: string;
  /** Unix seconds. */
  readonly created: number;
  readonly profile: string | null;
  readonly scope: 'project' | 'user';
  readonly file: string;
  /** As the file says it; null where it leaves that open. */
  readonly backend: Readonly<Record<string, unknown>> | null;
  /** A set of tools, a list of tools, or null. */
  readonly tools: string | readonly string[] | null;
  readonly system_message: string | null;
}

/** What the command needs of its surroundings. */
export interface AgentWorld {
  readonly registry: AgentRegistry;
  readonly env: Environment;
  readonly warnings: readonly string[];
}

export async function openAgentWorld(places: Partial<Places> = {}): Promise<AgentWorld> {
  const { env, warnings } = await loadEnvironment(process.env, places);
  return { registry: openAgentRegistry({ ...places, env }), env, warnings };
}

export function shownAgent({ id, name, created, profile, scope, file, config }: RegisteredAgent, env: Environment): ShownAgent {
  const [agent = {}] = agentsOf(config);
  const { backend, tools, system_message: prompt } = maskConfig(agent, knownSecrets(config, env)) as AgentConfiguration;
  return { id, name, created, profile, scope, file, backend: isTable(backend) ? backend : null, tools: typeof tools === 'string' ? tools : Array.isArray(tools) ? toolsOf(tools) : null, system_message: typeof prompt === 'string' ? prompt : null };
}

/** What a configuration without `--config` would be, if it is a file. */
export async function usualConfig(env: Environment, places: Partial<Places> = {}): Promise<AgentConfiguration | undefined> {
  const found = await discoverConfig(undefined, env, places);
  return found === undefined ? undefined : ((await loadConfigFile(found.path, env, places)).given as AgentConfiguration);
}

/** Who speaks for an agent here and now, in words. */
export async function backendWords({ config }: RegisteredAgent, env: Environment): Promise<string> {
  const words = (from: AgentConfiguration): string => {
    const backend = agentsOf(from)[0]?.['backend'];
    const { type, model } = isTable(backend) ? backend : {};
    return [type, model].filter((part) => typeof part === 'string').join(' ');
  };
  if (!agentsOf(config).some(lacksBackend)) return words(config);
  try {
    const from = await usualConfig(env);
    return `${words(await completeBackend(config, { env, ...(from === undefined ? {} : { from }) }))} (the usual one here; the file names none)`;
  } catch (thrown) {
    if (!(thrown instanceof MassgenError)) throw thrown;
    return thrown.code === 'key-missing' ? 'none yet: set an API key, or write a "backend" into the file' : 'the usual one here, but the configuration that says it is not valid';
  }
}
