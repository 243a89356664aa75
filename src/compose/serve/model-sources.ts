import { statSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../backends/resolve.js';
import { agentsOf } from '../../orchestrator/agents/agent-document.js';
import { agentFolders } from '../../orchestrator/agents/agent-folders.js';
import { nameOfFile } from '../../orchestrator/agents/agent-name.js';
import { loadConfigFile } from '../../orchestrator/config/load.js';
import { checkConfig } from '../../orchestrator/config/check.js';
import { formatIssue, refuseErrors } from '../../orchestrator/config/issue.js';
import type { Places } from '../../orchestrator/config/places.js';
import type { Config } from '../../orchestrator/config/schema/root.js';
import type { KnownModels } from '../../server/model-lookup.js';
import type { ModelEntry } from '../../server/models.js';
import { readAgentFiles, type AgentFiles } from '../agent-files.js';
import { uuidOf, type AgentEntries } from '../agent-entries.js';
import type { AgentConfiguration, AgentRegistry, RegisteredAgent } from '../agent-types.js';
import type { ModelSource } from './model-source.js';
import { readNamedModels, type NamedModel } from './named-models.js';

/** What was configured when the server started, or was last reloaded. */
export interface StaticModels {
  readonly standard: ModelSource | undefined;
  /** Unix seconds. */
  readonly created: number;
  readonly files: AgentFiles | undefined;
  /** The first configuration, for agents that name no backend. */
  readonly usual: AgentConfiguration | undefined;
  /** What the configuration says of the server. */
  readonly serve: Config['serve'];
  /** Its `serve.models`. */
  readonly named: readonly NamedModel[];
  readonly warnings: readonly string[];
}

export interface StaticOptions {
  /** A path, `@examples/NAME`, or a configuration itself. */
  readonly config?: string | AgentConfiguration;
  /** Files, or agents by name. */
  readonly agents?: readonly string[];
}

/** Unix seconds. */
const modified = (file: string): number => Math.floor((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) / 1000);

/** The agents of a configuration that is no file, before those of files. */
function withObject(config: AgentConfiguration, files: AgentFiles | undefined): AgentFiles {
  const around = Object.fromEntries(Object.entries(config).filter(([key]) => !['agent', 'agents', 'orchestrator', 'prompt', 'serve'].includes(key)));
  const own = agentsOf(config).map((agent, index) => {
    const name = typeof agent['id'] === 'string' ? agent['id'] : `agent${String(index + 1)}`;
    return { id: uuidOf(`object#${name}`), name, created: 0, file: 'object', config: { ...around, agent: { ...agent, id: name } } };
  });
  return { agents: [...own, ...(files?.agents ?? [])], teams: files?.teams ?? [], together: config, files: files?.files ?? [], version: files?.version ?? 'object', warnings: files?.warnings ?? [] };
}

/** Without the team of the whole file: that is `massgen`. */
const withoutWhole = (files: AgentFiles, file: string | undefined): AgentFiles => ({ ...files, teams: files.teams.filter((team) => team.file !== file || team.name !== nameOfFile(path.basename(team.file))) });

/** What `massgen` is where no configuration is given: the agents of all files, as one team. */
function standardOf(files: AgentFiles | undefined): Pick<StaticModels, 'standard' | 'created'> {
  if (files === undefined) return { standard: undefined, created: 0 };
  const [only, another] = files.files;
  const source = only !== undefined && another === undefined ? only : `agents:${files.agents.map(({ name }) => name).join(',')}`;
  return { standard: { config: files.together, source, version: files.version }, created: Math.max(0, ...files.files.map(modified)) };
}

/** Reads and checks what the server is to serve. Throws `config-invalid` with the place, or `config-missing`. */
export async function readStaticModels({ config, agents = [] }: StaticOptions, env: Environment, places: Places): Promise<StaticModels> {
  const read = async (file?: string): Promise<AgentFiles | undefined> => {
    const references = [...(file === undefined ? [] : [file]), ...agents];
    return references.length === 0 ? undefined : withoutWhole(await readAgentFiles(references, { ...places, env }), file);
  };
  if (typeof config === 'object') {
    const checked = checkConfig(config, env);
    refuseErrors(checked.issues);
    const standard = { config, source: 'object', version: 'object' };
    const serve = checked.config?.serve;
    return { standard, created: 0, files: withObject(config, await read()), usual: config, serve, named: await readNamedModels(serve, { ...standard, created: 0 }, places), warnings: checked.issues.map((issue) => formatIssue(issue)) };
  }
  if (config === undefined) {
    const files = await read();
    return { ...standardOf(files), files, usual: files?.together, serve: undefined, named: [], warnings: files?.warnings ?? [] };
  }
  const { file, config: checked, given, warnings } = await loadConfigFile(config, env, places);
  const files = await read(file);
  // As it was read: the file may be half written when somebody asks.
  const usual = given as AgentConfiguration;
  const standard = { config: usual, source: config, version: files?.version ?? '' };
  const created = modified(file);
  return { standard, created, files, usual, serve: checked.serve, named: await readNamedModels(checked.serve, { ...standard, created }, places), warnings: warnings.map((issue) => formatIssue(issue, file)) };
}

/** One name and what it stands for. */
interface NamedSource {
  readonly name: string;
  /** Its own name, where another one has it here. */
  readonly own: string;
  readonly uuid?: string;
  readonly created: number;
  readonly description?: string;
  readonly open: ModelSource;
}

export interface AllModels {
  readonly standard: StaticModels['standard'];
  readonly created: number;
  readonly agents: readonly NamedSource[];
  readonly spawned: readonly NamedSource[];
  readonly teams: readonly NamedSource[];
  readonly configs: readonly NamedSource[];
}

const described = (config: AgentConfiguration): { readonly description?: string } => {
  const { agent } = config;
  const text = typeof agent === 'object' && agent !== null ? (agent as Readonly<Record<string, unknown>>)['description'] : undefined;
  return typeof text === 'string' ? { description: text } : {};
};

/** Configurations in the user's folder of agents that are no agents. */
async function namedConfigs(entries: AgentEntries, places: Places): Promise<readonly Omit<NamedSource, 'own'>[]> {
  const folder = agentFolders(places)().find(({ scope }) => scope === 'user');
  if (folder === undefined) return [];
  const found = await Promise.all(
    entries.names(folder).map(async (base): Promise<readonly Omit<NamedSource, 'own'>[]> => {
      if ((await entries.entry(folder, base)) !== undefined) return [];
      const file = path.join(folder.path, base);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats === undefined) return [];
      const open = { config: file, source: file, version: `${String(stats.mtimeMs)}-${String(stats.size)}` };
      return [{ name: nameOfFile(base), created: modified(file), open }];
    }),
  );
  return found.flat();
}

/** What is on the disk now; both keep what they have read. */
export interface DiskModels {
  readonly registry: AgentRegistry;
  readonly entries: AgentEntries;
  readonly places: Places;
}

/** Gives everything a name of its own: who comes later under a name that is taken gets `-2`. */
export async function allModels(fixed: StaticModels, { registry, entries, places }: DiskModels): Promise<AllModels> {
  const taken = new Set(['massgen']);
  const unique = <Source extends Omit<NamedSource, 'own'>>(source: Source): Source & { readonly own: string } => {
    let name = source.name;
    for (let number = 2; taken.has(name); number += 1) name = `${source.name}-${String(number)}`;
    taken.add(name);
    return { ...source, name, own: source.name };
  };
  const files = fixed.files;
  const version = files?.version ?? '';
  const agents = (files?.agents ?? []).map(({ id, name, created, file, config }) => unique({ name, uuid: id, created, ...described(config), open: { config, source: file, version } }));
  const named = fixed.named.map(unique);
  const inFiles = new Set(agents.map(({ uuid }) => uuid));
  const sourceOf = (agent: RegisteredAgent): Omit<NamedSource, 'own'> => ({ name: agent.name, uuid: agent.id, created: agent.created, ...described(agent.config), open: { config: agent.config, source: agent.file, version: agent.version } });
  const registered = (await registry.all()).filter(({ id }) => !inFiles.has(id));
  const visible = registered.filter(({ hidden }) => hidden === undefined).map((agent) => unique(sourceOf(agent)));
  // Behind one of the project's: what is called by the name is the project's, whether or not that can be used.
  const hidden = registered.filter((agent) => agent.hidden === true).map((agent) => unique({ ...sourceOf(agent), name: `${agent.name}-2` }));
  const spawned = [...visible, ...hidden];
  const teams = (files?.teams ?? []).map(({ name, file, config }) => unique({ name, created: modified(file), open: { config, source: file, version } }));
  const configs = (await namedConfigs(entries, places)).map(unique);
  return { standard: fixed.standard, created: fixed.created, agents, spawned, teams: [...named, ...teams], configs };
}

/** A model that was asked for. */
export interface ChosenModel {
  readonly source: ModelSource;
  readonly name: string;
  readonly kind: 'team' | 'agent';
}

/** What a name means whatever else is on the disk: the default configuration, or an agent that the server was started with, whose name nobody who comes later can have. */
export function fixedModel({ standard, files }: StaticModels, model: string): ChosenModel | undefined {
  if (model === 'massgen') return standard === undefined ? undefined : { source: standard, name: 'massgen', kind: 'team' };
  const agent = /[/:]/u.test(model) ? undefined : files?.agents.find(({ name }) => name === model);
  return agent === undefined ? undefined : { source: { config: agent.config, source: agent.file, version: files?.version ?? '' }, name: agent.name, kind: 'agent' };
}

/** What the lookup needs to know. */
export function knownModels({ standard, agents, spawned, teams, configs }: AllModels): KnownModels {
  return {
    hasDefault: standard !== undefined,
    agents: [...agents, ...spawned.toSorted((one, other) => one.created - other.created)].map(({ name, own, uuid }) => ({ name, own, ...(uuid === undefined ? {} : { uuid }) })),
    teams: teams.map(({ name }) => name),
    configs: configs.map(({ name }) => name),
  };
}

/** What `/v1/models` lists. */
export function listModels({ standard, created, agents, spawned, teams, configs }: AllModels): readonly ModelEntry[] {
  const entry = ({ name, created: at, description }: NamedSource): ModelEntry => ({ id: name, created: at, owned_by: 'massgen', ...(description === undefined ? {} : { description }) });
  return [
    ...(standard === undefined ? [] : [{ id: 'massgen', created, owned_by: 'massgen' }]),
    ...[...agents, ...spawned].map(entry),
    ...spawned.map(({ own, created: at }): ModelEntry => ({ id: `openfang:${own}`, created: at, owned_by: 'openfang' })),
    ...[...teams, ...configs].map(entry),
  ];
}
