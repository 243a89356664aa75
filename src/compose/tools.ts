import path from 'node:path';
import type { Environment } from '../backends/resolve.js';
import { childEnvironment } from '../backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../backends/wires/process/process-group.js';
import { maskConfig } from '../orchestrator/config/mask.js';
import type { PlannedAgent, RunPlan } from '../orchestrator/config/plan.js';
import { folderNames, type AgentId, type AgentInfo } from '../orchestrator/index.js';
import type { OpenToolSource } from '../orchestrator/tools/contract.js';
import { readMcpSettings, type McpServerSettings } from '../orchestrator/tools/mcp/settings.js';
import type { RunTools } from '../orchestrator/tools/run-tools.js';
import { readParallelTools, readToolFilters } from '../orchestrator/tools/tool-settings.js';
import type { ToolboxSettings } from '../orchestrator/tools/toolbox/settings.js';
import { massgenVersion } from './places.js';

export interface ToolsDeps {
  readonly env: Environment;
  readonly cwd: string;
  readonly fetch?: typeof fetch;
  /** What nobody may be told, longest first. */
  readonly secrets: readonly string[];
}

/** What a run is, for its tools. */
export interface ToolsRun {
  readonly session: string;
  /** Folder of the turn's log; null when nothing is logged. */
  readonly folder: string | null;
}

/** The tools of a team's agents, read and checked; nothing is started yet. */
export interface TeamTools {
  /** The tools of one run, and what its agents are to be told they have. */
  readonly begin: (run: ToolsRun) => { readonly tools: RunTools; readonly agents: readonly AgentInfo[] };
}

/** Programs that bring tools of their own, and are told of the configured ones themselves. */
const PROGRAMS: ReadonlySet<string> = new Set(['claude_code', 'ag2', 'autogen']);

/** The tools of one agent, by its configuration. */
interface AgentTools {
  readonly id: AgentId;
  readonly mcp: readonly McpServerSettings[];
  readonly filters: Pick<ToolboxSettings, 'allowed' | 'denied'>;
  readonly parallel?: number;
}

function readAgent({ id, backend }: PlannedAgent): AgentTools {
  const parallel = readParallelTools(backend);
  return { id, mcp: PROGRAMS.has(backend.type) ? [] : readMcpSettings(backend), filters: readToolFilters(backend), ...(parallel === undefined ? {} : { parallel }) };
}

const hasTools = ({ mcp }: AgentTools): boolean => mcp.length > 0;

/** The sources of one agent's tools in one run, none opened. */
function sourcesOf({ mcp }: AgentTools, folder: string | null, { env, cwd, secrets, fetch }: ToolsDeps): readonly OpenToolSource[] {
  const environment = childEnvironment(env);
  const mask = (text: string): string => String(maskConfig(text, secrets));
  const stderrFile = (server: string): string | null => (folder === null ? null : path.join(folder, `mcp_${server}.log`));
  const servers: OpenToolSource = async (signal) => {
    const { openMcpSource } = await import('../orchestrator/tools/mcp/source.js');
    return openMcpSource(mcp, { processes: { start: startGroup, end: endGroup }, environment, cwd, version: massgenVersion(), mask, stderrFile, ...(fetch === undefined ? {} : { fetch }) }, signal);
  };
  return [...(mcp.length === 0 ? [] : [servers])];
}

/** What the configuration says of the agents' tools; undefined when no agent has any. Throws for what cannot be. */
export function prepareTools(plan: RunPlan, agents: readonly AgentInfo[], deps: ToolsDeps): TeamTools | undefined {
  const equipped = new Map(plan.agents.map(readAgent).filter(hasTools).map((agent) => [agent.id, agent]));
  if (equipped.size === 0) return undefined;
  const folders = folderNames(plan.agents.map(({ id }) => id));
  return {
    begin: ({ folder }) => {
      const open: RunTools['open'] = async (id, signal) => {
        const agent = equipped.get(id);
        const { openToolbox } = await import('../orchestrator/tools/toolbox/toolbox.js');
        const { TOOLBOX_DEFAULTS } = await import('../orchestrator/tools/toolbox/settings.js');
        const own = folder === null ? null : path.join(folder, 'tools', folders.get(id) ?? id);
        const settings: ToolboxSettings = { ...TOOLBOX_DEFAULTS, agent: id, ...(agent?.filters ?? { allowed: [], denied: [] }), rules: [], resultFolder: own };
        const box = openToolbox(agent === undefined ? [] : sourcesOf(agent, own, deps), settings, signal);
        opening.push(box.then((each) => each.close));
        return box;
      };
      const opening: Promise<() => Promise<void>>[] = [];
      const close = async (): Promise<void> => {
        await Promise.allSettled(opening.map(async (box) => (await box)()));
      };
      return { tools: { open, close }, agents: agents.map((info) => withTools(info, equipped.get(info.id))) };
    },
  };
}

function withTools(info: AgentInfo, agent: AgentTools | undefined): AgentInfo {
  if (agent === undefined) return info;
  return { ...info, otherTools: true, ownTools: true, ...(agent.parallel === undefined ? {} : { parallelTools: agent.parallel }) };
}
