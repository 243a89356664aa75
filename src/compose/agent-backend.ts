import type { Environment } from '../backends/resolve.js';
import { MassgenError } from '../errors.js';
import { agentsOf, lacksBackend, withBackend } from '../orchestrator/agents/agent-document.js';
import type { AgentConfiguration } from './agent-registry.js';
import { localServers, providersWithKey } from './surroundings.js';

export interface BackendSources {
  readonly env: Environment;
  /** A configuration whose first agent says which backend is the usual one here. */
  readonly from?: AgentConfiguration;
}

/** The backend of a configuration's first agent, as written. */
export function usualBackend(config: AgentConfiguration): AgentConfiguration | undefined {
  const [first] = agentsOf(config);
  return first === undefined || lacksBackend(first) ? undefined : (first['backend'] as AgentConfiguration);
}

async function fromSurroundings(env: Environment): Promise<AgentConfiguration | undefined> {
  const [first] = [...providersWithKey(env), ...(providersWithKey(env).length > 0 ? [] : await localServers())];
  return first === undefined ? undefined : { type: first.backend, ...(first.model === undefined ? {} : { model: first.model }) };
}

/**
 * The configuration with a backend for each agent that has none: that of the first agent of `from`, else the first provider whose key is
 * set, else the first model server that answers on this machine. Throws `key-missing` when there is none of them.
 */
export async function completeBackend(config: AgentConfiguration, sources: BackendSources): Promise<AgentConfiguration> {
  const open = agentsOf(config).filter(lacksBackend);
  const [first] = open;
  if (first === undefined) return config;
  const backend = (sources.from === undefined ? undefined : usualBackend(sources.from)) ?? (await fromSurroundings(sources.env));
  if (backend !== undefined) return withBackend(config, backend);
  const name = typeof first['id'] === 'string' ? first['id'] : 'the agent';
  throw new MassgenError('key-missing', `${name} names no backend, and there is no configuration and no API key to take one from; set a key such as OPENAI_API_KEY or GROQ_API_KEY, or write a "backend" into the agent's file`);
}
