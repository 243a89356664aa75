import { existsSync } from 'node:fs';
import path from 'node:path';
import type { PlannedAgent, RunPlan } from '../orchestrator/config/plan.js';
import { readSharedFiles, type ContextPath } from '../orchestrator/tools/workspace/settings.js';
import { readTurnStart } from './sessions-start.js';
import type { SessionPlace } from './sessions.js';
import { mayHaveFiles } from './team-files.js';
import type { Team } from './team.js';
import type { TeamTools } from './team-tools.js';
import { prepareTools, type ToolsDeps } from './tools.js';
import { isMap } from '../orchestrator/json-map.js';

/** Tells in a stored configuration what a prompt added from what the user wrote there, and may have taken out since. */
const NAMED = 'named in the question';

/** What the prompts of a session's earlier turns named and is still there. */
function namedBefore({ directory, turn = 1 }: SessionPlace): readonly ContextPath[] {
  const config = directory === undefined ? undefined : readTurnStart(path.join(directory, `turn_${turn - 1}`))?.config;
  const orchestrator = isMap(config) && isMap(config['orchestrator']) ? config['orchestrator'] : {};
  return readSharedFiles(orchestrator).contextPaths.filter(({ path: at, description }) => description === NAMED && existsSync(at));
}

/** A configuration with more context paths for all agents. */
function withPaths(given: unknown, paths: readonly ContextPath[]): unknown {
  if (!isMap(given) || paths.length === 0) return given;
  const orchestrator = isMap(given['orchestrator']) ? given['orchestrator'] : {};
  const before: readonly unknown[] = Array.isArray(orchestrator['context_paths']) ? orchestrator['context_paths'] : [];
  return { ...given, orchestrator: { ...orchestrator, context_paths: [...before, ...paths.map(({ path: at, permission }) => ({ path: at, permission, description: NAMED }))] } };
}

/** What a team acts with, which prompts may add to. */
export interface Equipment {
  /** Undefined when no agent has any tools. */
  readonly tools: () => TeamTools | undefined;
  /** A configuration as it is with what prompts have added. */
  readonly configured: (given: unknown) => unknown;
  /** See `OpenRun.takePaths`. */
  readonly takePaths: (prompt: string) => Promise<string>;
}

export interface EquipmentDeps extends Omit<ToolsDeps, 'createWorkspaces' | 'helperTeam'> {
  /** A team of one agent; rejects for one that cannot be called. */
  readonly assemble: (agent: PlannedAgent) => Promise<Team>;
}

/** The agents that others may ask, each with its backend. */
async function connectHelpers(agents: readonly PlannedAgent[], assemble: EquipmentDeps['assemble']): Promise<ReadonlyMap<PlannedAgent, Team>> {
  const all = (asking: readonly PlannedAgent[]): readonly PlannedAgent[] => asking.flatMap(({ helpers = [] }) => helpers.flatMap(({ agent }) => [agent, ...all([agent])]));
  const found = [...new Set(all(agents))];
  return new Map(await Promise.all(found.map(async (agent) => [agent, await assemble(agent)] as const)));
}

/** Reads and checks what the agents act with. Throws what `prepareTools` throws. */
export async function openEquipment(plan: RunPlan, team: Team, session: SessionPlace | undefined, deps: EquipmentDeps): Promise<Equipment> {
  const helpers = await connectHelpers(plan.agents, deps.assemble);
  let added = session === undefined ? [] : namedBefore(session);
  const prepare = async (): Promise<TeamTools | undefined> => {
    const wanted = { ...plan, files: { ...plan.files, contextPaths: [...plan.files.contextPaths, ...added] } };
    const files = mayHaveFiles(wanted) ? await import('../orchestrator/tools/workspace/workspaces.js') : undefined;
    return prepareTools(wanted, team, { ...deps, helperTeam: (agent) => helpers.get(agent), ...(files === undefined ? {} : { createWorkspaces: files.createWorkspaces }) });
  };
  let tools = await prepare();
  return {
    tools: () => tools,
    configured: (given) => withPaths(given, added),
    takePaths: async (text) => {
      if (!text.includes('@')) return text;
      const { readPromptPaths } = await import('../orchestrator/tools/workspace/prompt-paths.js');
      const { prompt, paths } = readPromptPaths(text, deps.cwd);
      if (paths.length > 0) {
        added = [...added, ...paths.map((each) => ({ ...each, description: NAMED }))];
        tools = await prepare();
      }
      return prompt;
    },
  };
}
