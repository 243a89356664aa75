import path from 'node:path';
import { MassgenError } from '../errors.js';
import { readAgentDocument, type AgentDocument } from '../orchestrator/agents/agent-document.js';
import { statOf } from '../orchestrator/agents/agent-folders.js';
import { isAgentPath, nameOfFile, withoutPrefix } from '../orchestrator/agents/agent-name.js';
import { templateNames } from '../orchestrator/agents/templates.js';
import { locateConfig } from '../orchestrator/config/discover.js';
import type { Table } from '../orchestrator/config/formats/move.js';
import { didYouMean } from '../orchestrator/config/nearest.js';
import { placesWith } from '../orchestrator/config/places.js';
import { createdAt, uuidOf, versionOf } from './agent-entries.js';
import { openAgentRegistry } from './agent-registry.js';
import type { AgentConfiguration, AgentRegistry, AgentRegistryOptions, RegisteredAgent } from './agent-types.js';

/** An agent out of a file, alone. */
export interface FileAgent {
  /** A UUID. */
  readonly id: string;
  /** Unlike that of all others: a second one gets `-2`. */
  readonly name: string;
  /** Unix seconds. */
  readonly created: number;
  /** Absolute. */
  readonly file: string;
  /** `{agent: {id, …}}` and what the file says of times and display. */
  readonly config: AgentConfiguration;
}

/** Several agents of one file that work together. */
export interface FileTeam {
  /** The file's name, or one that the file gives. */
  readonly name: string;
  readonly file: string;
  /** Names of agents. */
  readonly members: readonly string[];
  /** `{agents: […]}` */
  readonly config: AgentConfiguration;
}

export interface AgentFiles {
  readonly agents: readonly FileAgent[];
  readonly teams: readonly FileTeam[];
  /** All of them as one: a single agent, the team of a single file, else every agent. */
  readonly together: AgentConfiguration;
  /** Absolute, each once. */
  readonly files: readonly string[];
  /** Another text after each change of one of the files. */
  readonly version: string;
  readonly warnings: readonly string[];
}

interface Source {
  readonly file: string;
  readonly document: AgentDocument;
  /** Of an agent in a folder of agents. */
  readonly registered?: { readonly id: string; readonly name: string; readonly created: number };
}

async function noAgent(name: string, registry: AgentRegistry): Promise<MassgenError> {
  const broken = (await registry.broken()).find((each) => each.name === name);
  if (broken !== undefined) return new MassgenError('config-invalid', broken.problem);
  const names = (await registry.all()).map((agent) => agent.name);
  const template = (await templateNames()).includes(name) ? `"massgen spawn ${name}" makes one` : undefined;
  return new MassgenError('config-missing', `there is no agent ${JSON.stringify(name)}; ${template ?? didYouMean(name, names) ?? '"massgen spawn --list" shows those that are there'}`);
}

async function read(file: string, options: AgentRegistryOptions): Promise<AgentDocument> {
  const document = await readAgentDocument(file, options.env ?? process.env);
  if ('problem' in document) throw new MassgenError('config-invalid', document.problem);
  if (document.agents.length === 0) throw new MassgenError('config-invalid', `${file} has no agent that can be used`);
  return document;
}

/** An agent of the registry by name or UUID. Throws `config-missing`, or `config-invalid` when its file is broken. */
export async function findAgent(reference: string, registry: AgentRegistry): Promise<RegisteredAgent> {
  const found = await registry.find(reference);
  if (found === undefined) throw await noAgent(withoutPrefix(reference), registry);
  return found;
}

/** A path, `@examples/NAME`, or an agent of the registry. */
async function sourceOf(reference: string, registry: AgentRegistry, options: AgentRegistryOptions): Promise<Source> {
  if (isAgentPath(reference)) {
    const file = await locateConfig(reference, options);
    return { file, document: await read(file, options) };
  }
  const found = await findAgent(reference, registry);
  return { file: found.file, document: await read(found.file, options), registered: found };
}

/** What a file says beside its agents, but for the server, which is not theirs. */
const around = (given: Table, ...without: readonly string[]): Table => Object.fromEntries(Object.entries(given).filter(([key]) => !['agent', 'agents', 'serve', ...without].includes(key) && !key.startsWith('x-')));

interface Member {
  readonly source: Source;
  /** As the file calls it. */
  readonly written: string;
  readonly name: string;
  readonly agent: Table;
}

function membersOf(sources: readonly Source[]): readonly Member[] {
  const taken = new Set<string>();
  return sources.flatMap((source) =>
    source.document.agents.map((agent, index): Member => {
      const base = nameOfFile(path.basename(source.file));
      const id = typeof agent['id'] === 'string' && agent['id'] !== '' ? agent['id'] : source.document.isTeam ? `agent${String(index + 1)}` : base;
      const wanted = source.registered?.name ?? id;
      let name = wanted;
      for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted}-${String(number)}`;
      taken.add(name.toLowerCase());
      return { source, written: id, name, agent: { ...agent, id: name } };
    }),
  );
}

function toAgent({ source: { file, document, registered }, written, name, agent }: Member): FileAgent {
  const created = registered?.created ?? Math.floor((document.label.created ?? createdAt(statOf(file))) / 1000);
  const own = document.isTeam ? undefined : document.label.id;
  // Rules for a team say nothing to one.
  const settings = document.isTeam ? around(document.given, 'orchestrator', 'prompt') : around(document.given);
  return { id: registered?.id ?? own ?? uuidOf(document.isTeam ? `${file}#${written}` : file), name, created, file, config: { ...settings, agent } };
}

function teamsIn(source: Source, members: readonly Member[]): readonly FileTeam[] {
  const { file, document } = source;
  const own = members.filter((member) => member.source === source);
  const team = (name: string, of: readonly Member[]): FileTeam => ({ name, file, members: of.map((member) => member.name), config: { ...around(document.given), agents: of.map(({ agent }) => agent) } });
  if (!document.isTeam) return [];
  const named = document.teams.map(({ name, members: ids }) => team(name, own.filter(({ written }) => ids.includes(written))));
  return named.length > 0 ? named : own.length > 1 ? [team(nameOfFile(path.basename(file)), own)] : [];
}

/**
 * The agents of several files: YAML or JSON of massgen or AgentPool, OpenFang's `.toml`, ai-agent's `.ai`; `@examples/NAME`; or an agent of
 * the registry by name or UUID. A file with several agents gives each of them, and their team. Throws `config-missing` or `config-invalid`.
 */
export async function readAgentFiles(references: readonly string[], options: AgentRegistryOptions = {}): Promise<AgentFiles> {
  const places = placesWith(options);
  const registry = openAgentRegistry({ ...options, ...places });
  const found = await Promise.all(references.map((reference) => sourceOf(reference, registry, { ...options, ...places })));
  const sources = found.filter(({ file }, index) => found.findIndex((other) => other.file === file) === index);
  const members = membersOf(sources);
  const agents = members.map(toAgent);
  const teams = sources.flatMap((source) => teamsIn(source, members));
  const [only, another] = sources;
  const [alone] = agents.length === 1 ? agents : [];
  const oneTeam = another === undefined && teams.length === 1 ? teams[0] : undefined;
  const settings = only !== undefined && another === undefined ? around(only.document.given) : {};
  return {
    agents,
    teams,
    together: alone?.config ?? oneTeam?.config ?? { ...settings, agents: members.map(({ agent }) => agent) },
    files: sources.map(({ file }) => file),
    version: sources.map(({ file }) => versionOf(statOf(file))).join(' '),
    warnings: sources.flatMap(({ document }) => document.warnings),
  };
}

