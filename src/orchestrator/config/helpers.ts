import { MassgenError } from '../../errors.js';
import { plannedBackend, type PlannedAgent, type PlannedHelper } from './planned-agent.js';
import { isMap, type JsonMap } from '../json-map.js';

/** Helpers have helpers, and these have; no further. */
const DEEPEST = 3;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/u;

/** The agents of a team, each without those that it may ask itself. */
type TeamAgents = readonly PlannedHelper[];

function written(entry: JsonMap, where: string, depth: number, team: TeamAgents): PlannedHelper {
  const { id, backend, system_message: system, description, subagent_agents: below } = entry;
  const refuse = (why: string): never => {
    throw new MassgenError('config-invalid', `${where}: ${why}`);
  };
  if (typeof id !== 'string' || !ID.test(id)) return refuse('an agent needs an id of letters, digits, dots, dashes and underscores, at most 50');
  if (!isMap(backend) || typeof backend['type'] !== 'string') return refuse(`the agent ${id} needs a backend with a type`);
  const helpers = readHelpers(below, `${where}, ${id}`, team, depth + 1);
  const agent: PlannedAgent = { id, backend: plannedBackend(backend as PlannedAgent['backend']), systemMessage: typeof system === 'string' ? system : '', ...(helpers.length === 0 ? {} : { helpers }) };
  return { agent, description: typeof description === 'string' ? description : '' };
}

/** The `subagent_agents` of an agent: ids of the team's, or agents of its own. Throws `config-invalid` for what cannot be. */
export function readHelpers(entries: unknown, where: string, team: TeamAgents, depth = 1): readonly PlannedHelper[] {
  if (!Array.isArray(entries) || entries.length === 0) return [];
  if (depth > DEEPEST) throw new MassgenError('config-invalid', `${where}: agents ask agents ${String(DEEPEST)} deep at most`);
  const helpers = entries.flatMap((entry: unknown) => (isMap(entry) ? [written(entry, where, depth, team)] : team.filter(({ agent }) => agent.id === entry)));
  const twice = helpers.find(({ agent }, place) => helpers.findIndex((other) => other.agent.id === agent.id) !== place);
  if (twice !== undefined) throw new MassgenError('config-invalid', `${where}: ${twice.agent.id} is there twice`);
  return helpers;
}
