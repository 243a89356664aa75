import type { Path } from '../path.js';
import { convertAgent } from './agentpool-agent.js';
import { all, convertTable, isTable, named, nothing, quietly, refuse, warn, type Conversion, type Table } from './move.js';

/** Whether a document is an AgentPool manifest: its `agents` are a map of agents that have no `backend`. */
export function isAgentPool(value: unknown): value is Table {
  if (!isTable(value) || !isTable(value['agents'])) return false;
  const agents = Object.values(value['agents']);
  return agents.length > 0 && agents.every((agent) => isTable(agent) && agent['backend'] === undefined);
}

interface Team {
  readonly name: string;
  readonly block: Table;
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

/** The agents of a team, those of teams in it included; each team is looked into once. */
function membersOf(team: Team, teams: ReadonlyMap<string, Team>, seen = new Set<string>()): readonly string[] {
  if (seen.has(team.name)) return [];
  seen.add(team.name);
  return textsOf(team.block['members']).flatMap((member) => {
    const inner = teams.get(member);
    return inner === undefined ? [member] : membersOf(inner, teams, seen);
  });
}

function checkTeam({ name, block }: Team, known: ReadonlySet<string>): Conversion {
  const path = ['teams', name];
  const unknown = textsOf(block['members']).filter((member) => !known.has(member));
  const { mode, members } = block;
  return all([
    ...(mode === 'parallel' ? [] : mode === 'sequential' ? [warn([...path, 'mode'], 'chains are not there yet: the members answer at the same time and vote')] : [refuse([...path, 'mode'], 'must be parallel or sequential')]),
    ...(Array.isArray(members) ? [] : [refuse([...path, 'members'], 'must be a list of agents or teams')]),
    ...unknown.map((member) => refuse([...path, 'members'], `there is no agent or team ${named(member)}`)),
    convertTable(block, path, { mode: quietly, members: quietly }),
  ]);
}

function selection(teams: readonly Team[], names: readonly string[]): { readonly chosen: readonly string[]; readonly remarks: Conversion } {
  const [only, another] = teams;
  if (only === undefined) return { chosen: names, remarks: nothing };
  if (another !== undefined) return { chosen: names, remarks: warn(['teams'], 'there are several teams; all agents work as one', 'keep one team to choose its members') };
  const members = new Set(membersOf(only, new Map(teams.map((team) => [team.name, team]))));
  const chosen = names.filter((name) => members.has(name));
  const others = names.filter((name) => !members.has(name));
  return { chosen, remarks: all(others.map((name) => warn(['agents', name], `is not in the team ${only.name} and is left out`))) };
}

/** An AgentPool manifest. Its agents work as one team: the members of `teams`, if there is just one, else all. */
export function fromAgentPool(manifest: Table): Conversion {
  const agents = isTable(manifest['agents']) ? manifest['agents'] : {};
  const teams = Object.entries(isTable(manifest['teams']) ? manifest['teams'] : {}).map(([name, block]): Team => ({ name, block: isTable(block) ? block : {} }));
  const names = Object.keys(agents);
  const { chosen, remarks } = selection(teams, names);
  const known = new Set([...names, ...teams.map(({ name }) => name)]);
  let index = 0;
  const parts = chosen.map((name): Conversion => {
    const block = agents[name];
    const from: Path = ['agents', name];
    const converted = convertAgent(name, isTable(block) ? block : {}, from, ['agents', index]);
    // One without a backend is left out and takes no place.
    if (converted.moves.length > 0) index += 1;
    return converted;
  });
  const rest = Object.fromEntries(Object.entries(manifest).filter(([key]) => !/^(x-|\.)/.test(key)));
  return all([...parts, ...teams.map((team) => checkTeam(team, known)), remarks, convertTable(rest, [], { agents: quietly, teams: quietly })]);
}
