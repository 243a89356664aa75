import { all, convertTable, isTable, named, nothing, quietly, refuse, warn, type Conversion, type Table } from './move.js';

interface Team {
  readonly name: string;
  readonly block: Table;
  /** What it lists as members, agents and teams, each once. */
  readonly members: readonly string[];
}

export type Teams = ReadonlyMap<string, Team>;

/** A team that a document names beside its agents. */
export interface NamedTeam {
  readonly name: string;
  readonly mode: 'parallel' | 'sequential';
  /** Ids of agents, those of teams inside it included. */
  readonly members: readonly string[];
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? [...new Set(value.filter((item) => typeof item === 'string'))] : []);

export function teamsOf(manifest: Table): Teams {
  const written = isTable(manifest['teams']) ? manifest['teams'] : {};
  return new Map(
    Object.entries(written).map(([name, value]) => {
      const block = isTable(value) ? value : {};
      return [name, { name, block, members: textsOf(block['members']) }];
    }),
  );
}

/** The agents of a team, those of teams in it included; each team is looked into once. */
function agentsIn(team: Team, teams: Teams): ReadonlySet<string> {
  const agents = new Set<string>();
  const seen = new Set([team]);
  for (const { members } of seen) {
    for (const member of members) {
      const inner = teams.get(member);
      if (inner === undefined) agents.add(member);
      else seen.add(inner);
    }
  }
  return agents;
}

/** Where a team is listed inside itself. */
interface Circle {
  readonly team: string;
  /** The team whose list it stands in: itself, or one somewhere in it. */
  readonly listedIn: string;
}

function circles(teams: Teams): readonly Circle[] {
  const found: Circle[] = [];
  const entered = new Set<string>();
  const open = new Set<string>();
  for (const first of teams.values()) {
    // Not by recursion: a file may nest thousands of teams.
    const way: { readonly team: Team; next: number }[] = entered.has(first.name) ? [] : [{ team: first, next: 0 }];
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      const { name, members } = at.team;
      if (at.next === 0) open.add(name);
      entered.add(name);
      const member = teams.get(members[at.next++] ?? '');
      if (at.next > members.length) {
        open.delete(name);
        way.pop();
      } else if (member !== undefined && open.has(member.name)) found.push({ team: member.name, listedIn: name });
      else if (member !== undefined && !entered.has(member.name)) way.push({ team: member, next: 0 });
    }
  }
  return found;
}

const modes = ['parallel', 'sequential'];
// Each team is searched for its agents through all teams in it.
const mostTeams = 1000;

function checkTeam({ name, block, members }: Team, known: ReadonlySet<string>): Conversion {
  const path = ['teams', name];
  const unknown = members.filter((member) => !known.has(member));
  return all([
    ...(block['mode'] === 'sequential' ? [warn([...path, 'mode'], 'chains are not there yet: the members answer at the same time and vote')] : []),
    ...(modes.includes(block['mode'] as string) ? [] : [refuse([...path, 'mode'], 'must be parallel or sequential')]),
    ...(Array.isArray(block['members']) ? [] : [refuse([...path, 'members'], 'must be a list of agents or teams')]),
    ...unknown.map((member) => refuse([...path, 'members'], `there is no agent or team ${named(member)}`)),
    convertTable(block, path, { mode: quietly, members: quietly }),
  ]);
}

/** What is to be said of the teams themselves. */
export function checkTeams(teams: Teams, agents: readonly string[]): Conversion {
  if (teams.size > mostTeams) return refuse(['teams'], `there are more than ${mostTeams} teams`);
  const known = new Set([...agents, ...teams.keys()]);
  const inThemselves = circles(teams).map(({ team, listedIn }) => {
    const by = team === listedIn ? 'itself' : `the team ${named(team)}, which it is part of`;
    return warn(['teams', listedIn, 'members'], `names ${by}; each agent is in a team once`, 'take it out');
  });
  return all([...[...teams.values()].map((team) => checkTeam(team, known)), ...inThemselves]);
}

/** The agents that work as one: the members of the only team, else all. */
export function chooseMembers(teams: Teams, agents: readonly string[]): { readonly chosen: readonly string[]; readonly remarks: Conversion } {
  const [only, another] = teams.values();
  if (only === undefined) return { chosen: agents, remarks: nothing };
  if (another !== undefined) return { chosen: agents, remarks: warn(['teams'], 'there are several teams; all agents work as one', 'keep one team to choose its members') };
  const members = agentsIn(only, teams);
  const others = agents.filter((name) => !members.has(name));
  return { chosen: agents.filter((name) => members.has(name)), remarks: all(others.map((name) => warn(['agents', name], `is not in the team ${only.name} and is left out`))) };
}

/** The teams with those of their members that are among `agents`; a team without any is left out. */
export function namedTeams(teams: Teams, agents: ReadonlySet<string>): readonly NamedTeam[] {
  const some = teams.size > mostTeams ? [] : [...teams.values()];
  return some.flatMap((team) => {
    const members = [...agentsIn(team, teams)].filter((name) => agents.has(name));
    return members.length === 0 ? [] : [{ name: team.name, mode: team.block['mode'] === 'sequential' ? ('sequential' as const) : ('parallel' as const), members }];
  });
}
