import { agentFolders, type AgentFolder } from '../orchestrator/agents/agent-folders.js';
import { isUuid, nameOfFile, withoutPrefix } from '../orchestrator/agents/agent-name.js';
import { placesWith } from '../orchestrator/config/places.js';
import { openAgentEntries, type AgentEntry } from './agent-entries.js';
import { removeAgent } from './agent-remove.js';
import { spawnAgent } from './agent-spawn.js';
import type { AgentRegistry, AgentRegistryOptions, BrokenAgent, RegisteredAgent } from './agent-types.js';

export type { AgentConfiguration, AgentRegistry, AgentRegistryOptions, RegisteredAgent } from './agent-types.js';

const byCreation = (one: AgentEntry, other: AgentEntry): number => one.created - other.created || ((one.agent?.name ?? '') < (other.agent?.name ?? '') ? -1 : 1);

/** Of agents with one name the first: the project's before the user's. */
function visible(agents: readonly RegisteredAgent[], broken: readonly BrokenAgent[]): readonly RegisteredAgent[] {
  const taken = new Set([...agents, ...broken].filter(({ scope }) => scope === 'project').map(({ name }) => name.toLowerCase()));
  return agents.filter(({ scope, name }) => scope === 'project' || !taken.has(name.toLowerCase()));
}

/** The agents that `massgen spawn` made, and agent files that somebody put beside them. */
export function openAgentRegistry(options: AgentRegistryOptions = {}): AgentRegistry {
  const places = placesWith(options);
  const folders = agentFolders(places);
  const env = options.env ?? process.env;
  const entries = openAgentEntries(env);
  const inFolder = (folder: AgentFolder, names: readonly string[]): Promise<readonly (AgentEntry | undefined)[]> => Promise.all(names.map((base) => entries.entry(folder, base)));
  const everything = async (): Promise<{ readonly agents: readonly RegisteredAgent[]; readonly broken: readonly BrokenAgent[] }> => {
    const found = (await Promise.all(folders().map((folder) => inFolder(folder, entries.names(folder))))).flat().filter((entry) => entry !== undefined);
    return { agents: found.toSorted(byCreation).flatMap(({ agent }) => agent ?? []), broken: found.flatMap(({ broken }) => broken ?? []) };
  };
  const findByName = async (name: string): Promise<RegisteredAgent | undefined> => {
    for (const folder of folders()) {
      const names = entries.names(folder).filter((base) => nameOfFile(base).toLowerCase() === name.toLowerCase());
      const found = (await inFolder(folder, names)).filter((entry) => entry !== undefined);
      // One that is broken hides the one behind it: it would be a surprise to talk to another agent.
      if (found.length > 0) return found.find(({ agent }) => agent?.name === name)?.agent;
    }
    return undefined;
  };
  return {
    list: async () => {
      const { agents, broken } = await everything();
      return visible(agents, broken);
    },
    all: async () => {
      const { agents, broken } = await everything();
      const shown = new Set(visible(agents, broken));
      return agents.map((agent) => (shown.has(agent) ? agent : { ...agent, hidden: true }));
    },
    find: async (reference) => {
      const name = withoutPrefix(reference);
      return isUuid(name) ? (await everything()).agents.find(({ id }) => id === name.toLowerCase()) : findByName(name);
    },
    broken: async () => (await everything()).broken,
    spawn: (request) => spawnAgent(request, { folders: folders(), entries, places, env }),
    remove: async (reference, only) => removeAgent(reference, only, await everything()),
  };
}
