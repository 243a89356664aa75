import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MassgenError } from '../errors.js';
import { agentsOf, parseAgentDocument, readAgentDocument } from '../orchestrator/agents/agent-document.js';
import type { AgentFolder } from '../orchestrator/agents/agent-folders.js';
import { isAgentPath, nameOfFile, refuseBadName } from '../orchestrator/agents/agent-name.js';
import { findTemplate } from '../orchestrator/agents/templates.js';
import { knownTools, toolProfileOf } from '../orchestrator/agents/tool-profiles.js';
import { locateConfig } from '../orchestrator/config/discover.js';
import { literal, type Table } from '../orchestrator/config/formats/move.js';
import type { Environment } from '../orchestrator/config/interpolate.js';
import { didYouMean } from '../orchestrator/config/nearest.js';
import type { Places } from '../orchestrator/config/places.js';
import type { AgentEntries } from './agent-entries.js';
import type { RegisteredAgent, SpawnRequest } from './agent-types.js';
import { overrideBackend } from './backend-flags.js';

export interface SpawnDeps {
  readonly folders: readonly AgentFolder[];
  readonly entries: AgentEntries;
  readonly places: Places;
  readonly env: Environment;
}

/** What a new agent is made from. */
interface Origin {
  readonly name: string | undefined;
  readonly profile: string | null;
  /** What else the original's file says. */
  readonly around: Table;
  readonly agent: Table;
}

const refuse = (message: string): never => {
  throw new MassgenError('usage-invalid', message);
};

async function fromFile(reference: string, { places, env }: SpawnDeps): Promise<Origin> {
  const file = await locateConfig(reference, places);
  const document = await readAgentDocument(file, env);
  if ('problem' in document) throw new MassgenError('config-invalid', document.problem);
  if (document.isTeam) return refuse(`${file} lists a team under "agents"; an agent is made from a file with one`);
  const around = Object.entries(document.given).filter(([key]) => key !== 'agent' && !key.startsWith('x-'));
  const [agent = {}] = agentsOf(document.given);
  // What OpenFang calls an agent without a name.
  const written = typeof agent['id'] === 'string' && agent['id'] !== 'unnamed' ? agent['id'] : undefined;
  return { name: written ?? nameOfFile(path.basename(file)), profile: document.label.profile, around: Object.fromEntries(around), agent };
}

async function fromTemplate(name: string, orTools = false): Promise<Origin> {
  const { agent } = await findTemplate(name, orTools);
  return { name, profile: name, around: {}, agent };
}

async function originOf({ template, profile, systemMessage }: SpawnRequest, deps: SpawnDeps): Promise<Origin> {
  const isTools = profile !== undefined && toolProfileOf(profile) !== undefined;
  if (template !== undefined && profile !== undefined && !isTools && template !== profile) refuse(`${template} and ${profile} are both what the agent is made from; name one, or a set of tools as --profile`);
  if (template !== undefined) return isAgentPath(template) ? fromFile(template, deps) : fromTemplate(template);
  if (profile !== undefined && !isTools) return fromTemplate(profile, true);
  if (systemMessage !== undefined) return { name: profile, profile: null, around: {}, agent: {} };
  if (profile !== undefined) return { ...(await fromTemplate('assistant')), name: profile };
  return refuse('say what the agent is to be: a template such as coder, --template FILE, --profile or --system-message; "massgen spawn --profiles" lists what there is');
}

function toolsFor({ tools = [], profile }: SpawnRequest): string | readonly string[] | undefined {
  const [first] = tools;
  if (first === undefined) return profile !== undefined && toolProfileOf(profile) !== undefined ? profile : undefined;
  if (tools.length === 1 && toolProfileOf(first) !== undefined) return first;
  for (const tool of tools) {
    const isKnown = knownTools.includes(tool) || /^[\w-]+__[\w.-]+$/.test(tool);
    if (!isKnown) refuse(`there is no tool ${JSON.stringify(tool)}; ${didYouMean(tool, knownTools) ?? `there are ${knownTools.join(', ')}, and SERVER__TOOL for those of an MCP server`}`);
  }
  return tools;
}

/** The new agent as its file says it. */
function contentOf(name: string, { profile, around, agent }: Origin, request: SpawnRequest): Table {
  const { backend, tools, system_message: prompt } = agent;
  const [block, message, set] = [overrideBackend(backend, request), request.systemMessage === undefined ? prompt : literal(request.systemMessage), toolsFor(request) ?? tools];
  const rest = Object.entries(agent).filter(([key]) => !['id', 'backend', 'tools', 'system_message'].includes(key));
  return {
    'x-agent': { id: randomUUID(), created: new Date().toISOString(), ...(profile === null ? {} : { profile }) },
    agent: {
      id: name,
      ...(block === undefined ? {} : { backend: block }),
      ...(set === undefined ? {} : { tools: set }),
      ...Object.fromEntries(rest),
      ...(message === undefined ? {} : { system_message: message }),
    },
    ...around,
  };
}

const comment = `# An agent of massgen's, made by "massgen spawn". Change what you like; "x-agent" says who it is, so leave that.
`;

/** Puts a whole file in its place, or nothing: false when there is one already. */
async function claim(file: string, text: string): Promise<boolean> {
  const aside = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  const taken = (thrown: unknown): boolean => {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  };
  try {
    const handle = await open(aside, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(aside, file);
    return true;
  } catch (thrown) {
    const cannotLink = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((thrown as NodeJS.ErrnoException).code ?? '');
    return cannotLink ? await writeFile(file, text, { flag: 'wx' }).then(() => true, taken) : taken(thrown);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Writes a new agent's file, which appears whole or not at all; of several that want one name at the same time one gets it. */
export async function spawnAgent(request: SpawnRequest, deps: SpawnDeps): Promise<RegisteredAgent> {
  const origin = await originOf(request, deps);
  const name = request.name ?? origin.name ?? refuse('give the agent a name: --name');
  refuseBadName(name);
  const folder = deps.folders.find(({ scope }) => scope === (request.global === true ? 'user' : 'project')) ?? refuse('there is no folder for agents');
  const base = `${name.toLowerCase()}.yaml`;
  const file = path.join(folder.path, base);
  const { dump } = await import('js-yaml');
  const text = `${comment}${dump(contentOf(name, origin, request), { lineWidth: -1, noRefs: true })}`;
  const document = await parseAgentDocument(file, text, deps.env);
  if ('problem' in document) throw new MassgenError('config-invalid', document.problem);
  const isTaken = deps.entries.names(folder).some((other) => nameOfFile(other).toLowerCase() === name.toLowerCase());
  try {
    if (!isTaken) await mkdir(folder.path, { recursive: true });
    if (isTaken || !(await claim(file, text))) refuse(`there is already an agent ${JSON.stringify(name)} in ${folder.path}; choose another --name, or remove it with "massgen spawn --remove ${name}"`);
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    throw new MassgenError('usage-invalid', `cannot write ${file}: ${(thrown as Error).message}`, { cause: thrown });
  }
  const written = (await deps.entries.entry(folder, base))?.agent;
  if (written === undefined) throw new MassgenError('internal', `${file} was written and cannot be read`);
  return written;
}
