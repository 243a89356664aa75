import type { Environment } from '../backends/resolve.js';
import { MassgenError } from '../errors.js';
import { agentsOf, lacksBackend } from '../orchestrator/agents/agent-document.js';
import { checkConfig } from '../orchestrator/config/check.js';
import type { Table } from '../orchestrator/config/formats/move.js';
import { formatIssue, refuseErrors } from '../orchestrator/config/issue.js';
import type { Places } from '../orchestrator/config/places.js';
import { completeBackend } from './agent-backend.js';
import { readAgentFiles } from './agent-files.js';
import { usualConfig } from './agent-shown.js';
import type { AgentConfiguration } from './agent-types.js';
import { overrideBackend, type BackendFlags } from './backend-flags.js';
import type { ChosenConfig } from './chosen-config.js';

export interface AgentChoice extends BackendFlags {
  /** Names, UUIDs or files. */
  readonly agent: readonly string[];
  /** Warnings are errors. */
  readonly strict?: boolean;
}

function withFlags(config: AgentConfiguration, flags: BackendFlags): AgentConfiguration {
  const one = (agent: Table): Table => {
    const backend = overrideBackend(agent['backend'], flags);
    return backend === undefined ? agent : { ...agent, backend };
  };
  const [alone] = agentsOf(config);
  return config['agents'] === undefined && alone !== undefined ? { ...config, agent: one(alone) } : { ...config, agents: agentsOf(config).map(one) };
}

/** The configuration of agents by name, UUID or file: one alone, several as a team. */
export async function chooseAgents(choice: AgentChoice, env: Environment, places: Partial<Places>): Promise<ChosenConfig> {
  const { agents, together, files, warnings } = await readAgentFiles(choice.agent, { ...places, env });
  const config = withFlags(together, choice);
  const from = agentsOf(config).some(lacksBackend) ? await usualConfig(env, places) : undefined;
  const given = await completeBackend(config, { env, ...(from === undefined ? {} : { from }) });
  const checked = checkConfig(given, env);
  refuseErrors(checked.issues, files.join(', '));
  if (checked.config === undefined) throw new MassgenError('internal', 'agents without errors were not accepted');
  // The files' own warnings have their places; these are about what was put in here.
  const added = checked.issues.filter(({ unset, location }) => unset !== undefined || (given !== together && location.includes('.backend')));
  const said = [...warnings, ...added.map((issue) => formatIssue(issue))];
  if (choice.strict === true && said.length > 0) throw new MassgenError('config-invalid', said.join('\n'));
  return { config: checked.config, given, source: files.length === 1 ? (files[0] ?? '') : `agents:${agents.map(({ name }) => name).join(',')}`, warnings: said, notes: [] };
}
