import { agentsOf } from '../orchestrator/agents/agent-document.js';
import { isTable, type Table } from '../orchestrator/config/formats/move.js';
import { didYouMean } from '../orchestrator/config/nearest.js';
import { MassgenError } from '../errors.js';
import { overrideBackend } from './backend-flags.js';

/** A configuration with another model for one agent, or for all of them. Throws `usage-invalid` for an agent that is not there, and for a model that could be anyone's. */
export function withModel(given: unknown, model: string, only?: string): Table {
  const config: Table = isTable(given) ? given : {};
  const ids = agentsOf(config).map(({ id }) => id);
  if (only !== undefined && !ids.includes(only)) throw new MassgenError('usage-invalid', `there is no agent "${only}"; ${didYouMean(only, ids.map(String)) ?? `there are ${ids.join(', ')}`}`);
  const changed = (agent: unknown): unknown => {
    if (!isTable(agent) || (only !== undefined && agent['id'] !== only)) return agent;
    const backend = overrideBackend(agent['backend'], { model });
    return backend === undefined ? agent : { ...agent, backend };
  };
  const { agent, agents } = config;
  return { ...config, ...(agent === undefined ? {} : { agent: changed(agent) }), ...(Array.isArray(agents) ? { agents: agents.map(changed) } : {}) };
}
