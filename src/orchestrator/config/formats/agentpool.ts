import { checkTeams, chooseMembers, namedTeams, teamsOf, type NamedTeam } from './agentpool-teams.js';
import { convertAgent } from './agentpool-agent.js';
import { all, convertTable, isTable, nothing, quietly, type Conversion, type Table } from './move.js';
import type { Path } from '../path.js';

/** Whether a document is an AgentPool manifest: its `agents` are a map of agents that have no `backend`. */
export function isAgentPool(value: unknown): value is Table {
  if (!isTable(value) || !isTable(value['agents'])) return false;
  const agents = Object.values(value['agents']);
  return agents.length > 0 && agents.every((agent) => isTable(agent) && agent['backend'] === undefined);
}

/** What a manifest becomes, and the teams that it names. */
export interface PoolConversion extends Conversion {
  readonly teams: readonly NamedTeam[];
}

/**
 * An AgentPool manifest. Its agents work as one team: the members of `teams`, if there is just one, else all. With
 * `everyAgent` none is left out for that: for a server, which offers agents and teams by name.
 */
export function fromAgentPool(manifest: Table, everyAgent = false, backendOptional = false): PoolConversion {
  const agents = isTable(manifest['agents']) ? manifest['agents'] : {};
  const names = Object.keys(agents);
  const teams = teamsOf(manifest);
  const { chosen, remarks } = everyAgent ? { chosen: names, remarks: nothing } : chooseMembers(teams, names);
  const taken: string[] = [];
  const parts = chosen.map((name): Conversion => {
    const block = agents[name];
    const from: Path = ['agents', name];
    const converted = convertAgent(name, isTable(block) ? block : {}, from, ['agents', taken.length], backendOptional);
    // One without a backend is left out and takes no place.
    if (converted.moves.length > 0) taken.push(name);
    return converted;
  });
  const rest = Object.fromEntries(Object.entries(manifest).filter(([key]) => !/^(x-|\.)/.test(key)));
  const conversion = all([...parts, checkTeams(teams, names), remarks, convertTable(rest, [], { agents: quietly, teams: quietly })]);
  return { ...conversion, teams: namedTeams(teams, new Set(taken)) };
}
