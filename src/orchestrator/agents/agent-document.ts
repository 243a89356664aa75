import { checkConfig } from '../config/check.js';
import type { NamedTeam } from '../config/formats/agentpool-teams.js';
import { isTable, type Table } from '../config/formats/move.js';
import { readDocument, type ReadDocument } from '../config/formats/read-document.js';
import type { Environment } from '../config/interpolate.js';
import { formatIssue, formatIssues, type Issue } from '../config/issue.js';
import { readText } from '../config/read-text.js';
import { isUuid } from './agent-name.js';

/** What `massgen spawn` writes beside an agent, under `x-agent`. */
export interface AgentLabel {
  readonly id?: string;
  /** Milliseconds since 1970. */
  readonly created?: number;
  /** The template that the agent was made from. */
  readonly profile: string | null;
}

/** A file that holds an agent, or a team of them. */
export interface AgentDocument {
  /** As written, variables by their names; agents may be without a backend. */
  readonly given: Table;
  /** The agents in it, as written. */
  readonly agents: readonly Table[];
  /** Whether the file is a list of agents rather than one. */
  readonly isTeam: boolean;
  /** The teams that it names beside its agents. */
  readonly teams: readonly NamedTeam[];
  readonly label: AgentLabel;
  /** One line each, with its place in the file. */
  readonly warnings: readonly string[];
}

/** What is wrong with a file: one line or more, each with its place. */
export interface AgentProblem {
  readonly problem: string;
}

/** Whether an agent leaves open who speaks for it. */
export function lacksBackend(agent: Table): boolean {
  const { backend } = agent;
  return backend === undefined || backend === null || (isTable(backend) && (backend['type'] ?? '') === '');
}

/** The same configuration, with `backend` for every agent that has none. What such an agent says of its own, such as a temperature, stays. */
export function withBackend(given: Table, backend: Table): Table {
  const one = (agent: unknown): unknown => {
    if (!isTable(agent) || !lacksBackend(agent)) return agent;
    const own = isTable(agent['backend']) ? Object.entries(agent['backend']).filter(([key]) => key !== 'type') : [];
    return { ...agent, backend: { ...backend, ...Object.fromEntries(own) } };
  };
  const { agent, agents } = given;
  return { ...given, ...(agent === undefined ? {} : { agent: one(agent) }), ...(Array.isArray(agents) ? { agents: agents.map(one) } : {}) };
}

export function agentsOf({ agent, agents }: Table): readonly Table[] {
  const written: readonly unknown[] = Array.isArray(agents) ? agents : [agent];
  return written.filter(isTable);
}

function labelOf(value: unknown): AgentLabel {
  const { id, created, profile } = isTable(value) ? value : {};
  const time = typeof created === 'string' ? Date.parse(created) : NaN;
  return {
    ...(typeof id === 'string' && isUuid(id) ? { id: id.toLowerCase() } : {}),
    ...(Number.isNaN(time) ? {} : { created: time }),
    profile: typeof profile === 'string' ? profile : null,
  };
}

// Passes every check, so that only what the file itself says is judged.
const standIn = { type: 'chatcompletion', base_url: 'http://localhost', model: 'any' };
const ofStandIn = /^agents?(?:\[\d+\])?\.backend\b/;

/** What is wrong with an agent's file. That a backend is missing is not; with `strict`, warnings are errors. */
function agentIssues(document: ReadDocument, env: Environment, strict = false): readonly Issue[] {
  const given = isTable(document.value) ? document.value : {};
  const isOpen = agentsOf(given).some(lacksBackend);
  const { issues } = checkConfig(isTable(document.value) ? withBackend(given, standIn) : document.value, env, document);
  const own = issues.filter(({ severity, location }) => !(isOpen && severity === 'warning' && ofStandIn.test(location)));
  return strict ? own.map((issue) => ({ ...issue, severity: 'error' })) : own;
}

/**
 * Reads the text of an agent's file: YAML or JSON of our own or of AgentPool, an OpenFang `.toml`, an ai-agent `.ai` file. A backend that
 * is missing and a variable that is not set are no problem here: whoever runs the agent sees to them.
 */
export async function parseAgentDocument(file: string, text: string, env: Environment): Promise<AgentDocument | AgentProblem> {
  const document = await readDocument(file, text, { everyAgent: true, backendOptional: true });
  if ('issue' in document) return { problem: formatIssue(document.issue, file) };
  const given = isTable(document.value) ? document.value : {};
  const issues = agentIssues(document, env).filter((issue) => issue.unset === undefined);
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) return { problem: formatIssues(errors, file) };
  const warnings = issues.map((issue) => formatIssue(issue, file));
  return { given, agents: agentsOf(given), isTeam: Array.isArray(given['agents']), teams: document.teams, label: labelOf(given['x-agent']), warnings };
}

export async function readAgentDocument(file: string, env: Environment): Promise<AgentDocument | AgentProblem> {
  const text = await readText(file);
  return typeof text === 'string' ? parseAgentDocument(file, text, env) : { problem: `${file} ${text.reason}` };
}

/** What is wrong with the file of an agent that `massgen spawn` made; undefined for any other file. */
export async function checkSpawned(file: string, env: Environment, strict = false): Promise<readonly Issue[] | undefined> {
  const text = await readText(file);
  const document = typeof text === 'string' ? await readDocument(file, text, { backendOptional: true }) : undefined;
  const isSpawned = document !== undefined && !('issue' in document) && isTable(document.value) && isTable(document.value['x-agent']);
  return isSpawned ? agentIssues(document, env, strict) : undefined;
}
