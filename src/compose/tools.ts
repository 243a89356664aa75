import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { childEnvironment } from '../backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../backends/wires/process/process-group.js';
import { maskConfig } from '../orchestrator/config/mask.js';
import type { PlannedAgent, RunPlan } from '../orchestrator/config/plan.js';
import { createTextMask } from '../orchestrator/session/mask-events.js';
import { folderNames, type AgentId, type AgentInfo } from '../orchestrator/index.js';
import type { OpenToolSource } from '../orchestrator/tools/contract.js';
import { readMcpSettings, type McpServerSettings } from '../orchestrator/tools/mcp/settings.js';
import type { SignIns } from '../orchestrator/tools/mcp/sign-in.js';
import type { RunTools } from '../orchestrator/tools/run-tools.js';
import type { createWorkspaces, Workspaces } from '../orchestrator/tools/workspace/workspaces.js';
import { readParallelTools, readToolFilters } from '../orchestrator/tools/tool-settings.js';
import type { ToolboxSettings } from '../orchestrator/tools/toolbox/settings.js';
import type { AskedModel } from './ask-model.js';
import { readOwnTools, type OwnTools, type WorkPlace } from './own-tools.js';
import { helpersOf } from './helper-run.js';
import { massgenVersion } from './places.js';
import type { Team } from './team.js';
import type { TeamTools } from './team-tools.js';
import { prepareFiles } from './team-files.js';
import { formsOf, guardNotes, prepareGuards, type GuardDeps } from './tool-guards.js';

export interface ToolsDeps extends GuardDeps {
  readonly fetch?: typeof fetch;
  /** Where sign-ins at MCP servers are kept. */
  readonly signIns?: SignIns;
  /** What nobody may be told, longest first. */
  readonly secrets: readonly string[];
  /** Of an agent that others may ask; undefined where nobody may. */
  readonly helperTeam?: (agent: PlannedAgent) => Team | undefined;
  /** Loaded where an agent may have files; without it none has. */
  readonly createWorkspaces?: typeof createWorkspaces;
  /** Answers have folders of their own in the log. */
  readonly logsAnswers: boolean;
  /** Nobody looks at the workspaces when a run is over. */
  readonly isServer: boolean;
}

/** Programs that bring tools of their own, and are told of the configured ones themselves. */
const PROGRAMS: ReadonlySet<string> = new Set(['claude_code', 'ag2', 'autogen']);

/** The tools of one agent, by its configuration. */
interface AgentTools {
  readonly id: AgentId;
  readonly planned: PlannedAgent;
  readonly mcp: readonly McpServerSettings[];
  readonly filters: Pick<ToolboxSettings, 'allowed' | 'denied'>;
  readonly parallel?: number;
  /** Commands, functions of the user's, the web. */
  readonly own?: OwnTools;
}

function readAgent(planned: PlannedAgent, deps: ToolsDeps): AgentTools {
  const { id, backend, toolChoice } = planned;
  const own = PROGRAMS.has(backend.type) ? undefined : readOwnTools(planned, deps);
  const parallel = readParallelTools(backend);
  const { allowed, denied } = readToolFilters(backend);
  return { id, planned, mcp: PROGRAMS.has(backend.type) ? [] : readMcpSettings(backend), filters: { allowed: toolChoice === undefined ? allowed : [...allowed, toolChoice], denied }, ...(parallel === undefined ? {} : { parallel }), ...(own === undefined ? {} : { own }) };
}

const hasTools = ({ mcp, own, planned }: AgentTools): boolean => mcp.length > 0 || own !== undefined || (planned.helpers ?? []).length > 0;

/** The sources of one agent's tools in one run, none opened. */
function sourcesOf({ mcp, own }: AgentTools, folder: string | null, place: WorkPlace, asked: AskedModel | undefined, deps: ToolsDeps): readonly OpenToolSource[] {
  const { workspace } = place;
  const { env, cwd, secrets, fetch } = deps;
  const environment = childEnvironment(env);
  const mask = (text: string): string => String(maskConfig(text, secrets));
  const stderrFile = (server: string): string | null => (folder === null ? null : path.join(folder, `mcp_${server}.log`));
  const servers: OpenToolSource = async (signal) => {
    const { openMcpSource } = await import('../orchestrator/tools/mcp/source.js');
    const asks = asked !== undefined && mcp.some(({ sampling }) => sampling !== undefined) ? { askModel: (await import('./ask-model.js')).modelOf(asked) } : {};
    return openMcpSource(mcp, { ...asks, processes: { start: startGroup, end: endGroup }, environment, cwd, version: massgenVersion(), mask, stderrFile, ...formsOf(deps), ...(deps.signIns === undefined ? {} : { signIns: deps.signIns }), ...(workspace === undefined ? {} : { workspace }), ...(fetch === undefined ? {} : { fetch }) }, signal);
  };
  return [...(mcp.length === 0 ? [] : [servers]), ...(own?.(place) ?? [])];
}

/** What the configuration says of the agents' tools; undefined when no agent has any. Throws for what cannot be. */
export function prepareTools(plan: RunPlan, team: Team, deps: ToolsDeps): TeamTools | undefined {
  const { agents } = team;
  const read = plan.agents.map((agent) => readAgent(agent, deps));
  const files = deps.createWorkspaces === undefined ? undefined : prepareFiles(plan, agents, ({ backend }) => PROGRAMS.has(backend.type), { ...deps, create: deps.createWorkspaces });
  const equipped = new Map(read.filter((agent) => hasTools(agent) || files?.has(agent.id) === true).map((agent) => [agent.id, agent]));
  if (equipped.size === 0) return undefined;
  const folders = folderNames(plan.agents.map(({ id }) => id));
  const guards = prepareGuards(plan, deps);
  const mask = deps.secrets.length === 0 ? {} : { mask: createTextMask(deps.secrets) };
  return {
    begin: ({ folder, session }) => {
      const guardsOf = guards(session);
      const resultsOf = (id: AgentId): string | null => (folder === null ? null : path.join(folder, 'tools', folders.get(id) ?? id));
      const workspaces = files?.begin({ folder, resultsOf });
      const open: RunTools['open'] = async (id, signal) => {
        const agent = equipped.get(id);
        const { openToolbox } = await import('../orchestrator/tools/toolbox/toolbox.js');
        const { TOOLBOX_DEFAULTS } = await import('../orchestrator/tools/toolbox/settings.js');
        const own = resultsOf(id);
        const fileTools: readonly OpenToolSource[] = workspaces === undefined ? [] : [() => workspaces.sourceFor(id)];
        const settings: ToolboxSettings = { ...TOOLBOX_DEFAULTS, agent: id, ...(agent?.filters ?? { allowed: [], denied: [] }), ...guardsOf(id), resultFolder: own, ...mask };
        const box = openToolbox(agent === undefined ? [] : [...fileTools, ...sourcesOf(agent, own, placeOf(id, workspaces), modelOf(id, plan, team), deps), ...helperSource(agent.planned, folder, workspaces?.infoOf(id) === undefined ? null : own, plan, deps), ...guardNotes(plan)], settings, signal);
        opening.push(box.then((each) => each.close));
        return box;
      };
      const opening: Promise<() => Promise<void>>[] = [];
      const close = async (): Promise<void> => {
        await Promise.allSettled(opening.map(async (box) => (await box)()));
        await workspaces?.close();
      };
      const tools: RunTools = { open, close, ...(workspaces === undefined ? {} : { settle: (batch) => workspaces.settle(batch) }) };
      return { tools, agents: agents.map((info) => ({ ...withTools(info, equipped.get(info.id)), ...workspaces?.infoOf(info.id) })) };
    },
  };
}

/** The agents that it may ask. */
function helperSource(agent: PlannedAgent, folder: string | null, results: string | null, plan: RunPlan, deps: ToolsDeps): readonly OpenToolSource[] {
  const { helperTeam, secrets } = deps;
  if (helperTeam === undefined || (agent.helpers ?? []).length === 0) return [];
  const prepare = (nested: RunPlan, team: Team): TeamTools | undefined => prepareTools(nested, team, deps);
  return [async () => (await import('../orchestrator/tools/agents/agent-source.js')).openAgentSource(helpersOf(agent, { plan, teamOf: helperTeam, prepare, secrets, folder, results }))];
}

/** The agent's model, for MCP servers that may ask it. */
function modelOf(agent: AgentId, { settings }: RunPlan, { backends, pricing }: Team): AskedModel | undefined {
  const backend = backends[agent];
  return backend === undefined ? undefined : { agent, backend, pricing: pricing[agent], idleMs: settings.limits.idleMs };
}

/** Where an agent's commands and functions run. */
const placeOf = (id: AgentId, workspaces: Workspaces | undefined): WorkPlace => ({
  workspace: workspaces?.infoOf(id)?.workspace,
  roots: workspaces?.rootsOf(id) ?? [],
  label: `${id.replace(/[^A-Za-z0-9]+/gu, '-').slice(0, 30)}-${randomBytes(4).toString('hex')}`,
});

function withTools(info: AgentInfo, agent: AgentTools | undefined): AgentInfo {
  if (agent === undefined) return info;
  return { ...info, otherTools: true, ownTools: true, ...(agent.parallel === undefined ? {} : { parallelTools: agent.parallel }) };
}
