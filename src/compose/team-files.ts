import { randomBytes } from 'node:crypto';
import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { PlannedAgent, RunPlan } from '../orchestrator/config/plan.js';
import { folderNames, type AgentId, type AgentInfo } from '../orchestrator/index.js';
import { createLogClock } from '../orchestrator/session/projections/log-clock.js';
import { asksForFiles } from '../orchestrator/tools/workspace/files/file-tool-names.js';
import { readAgentFiles, type AgentFiles } from '../orchestrator/tools/workspace/settings.js';
import { contextRoots } from '../orchestrator/tools/workspace/shared/context-roots.js';
import type { createWorkspaces, Workspaces } from '../orchestrator/tools/workspace/workspaces.js';
import type { TurnLogPlace, WorkspaceAgent } from '../orchestrator/tools/workspace/workspaces-settings.js';

import { wantsCommands } from './own-tools.js';

export interface TeamFilesDeps {
  /** Loaded where a run may need it. */
  readonly create: typeof createWorkspaces;
  /** The folder that massgen was started in. */
  readonly cwd: string;
  /** Answers have folders of their own in the log. */
  readonly logsAnswers: boolean;
  /** Nobody looks at the workspaces when a run is over. */
  readonly isServer: boolean;
}

export interface FilesRun {
  /** Folder of the turn's log; null when nothing is logged. */
  readonly folder: string | null;
  readonly resultsOf: (agent: AgentId) => string | null;
}

/** The folders of a team's agents, read and checked; nothing is made yet. */
export interface TeamFiles {
  readonly has: (agent: AgentId) => boolean;
  readonly begin: (run: FilesRun) => Workspaces;
}

/** Keys that let programs work in an agent's folder. */
const PROGRAM_KEYS = ['mcp_servers', 'enable_mcp_command_line', 'custom_tools', 'custom_tools_path', 'auto_discover_custom_tools', 'hooks'];

function hasPrograms({ tools }: RunPlan, { backend, toolChoice = [] }: PlannedAgent): boolean {
  return tools.hooks !== undefined || toolChoice.length > 0 || PROGRAM_KEYS.some((key) => backend[key] !== undefined && backend[key] !== false);
}

/** A list of tools that has file tools in it asks for a folder, and so do commands. */
const wantsFiles = (agent: PlannedAgent): boolean => wantsCommands(agent) || asksForFiles(agent.toolChoice ?? []);

/** Whether any agent may have files, so that what handles them is worth loading. */
export const mayHaveFiles = (plan: RunPlan): boolean => plan.files.contextPaths.length > 0 || plan.agents.some((agent) => wantsFiles(agent) || readAgentFiles(agent.backend, []) !== undefined);

const PLAIN: AgentFiles = { cwd: undefined, contextPaths: [], writersOnly: false, readBeforeDelete: true };

/** Where answers are kept in a turn's log: as the log itself names them. */
function answerFolderIn(directory: string, folderOf: (agent: AgentId) => string): TurnLogPlace['answerFolder'] {
  const clock = createLogClock(-new Date().getTimezoneOffset());
  return (agent, at, seq, attempt) => path.join(directory, ...(attempt === 1 ? [] : [`attempt_${attempt}`]), folderOf(agent), clock.stamp(at, seq));
}

const foldersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
};

/** What the newest turn before this one delivered, where one did. */
function deliveredBefore(turn: string): string | undefined {
  const number = Number(/^turn_(\d+)$/u.exec(path.basename(turn))?.[1] ?? 0);
  for (let earlier = number - 1; earlier > 0; earlier -= 1) {
    const finals = path.join(path.dirname(turn), `turn_${earlier}`, 'final');
    const agent = foldersIn(finals).find((name) => foldersIn(path.join(finals, name)).includes('workspace'));
    if (agent !== undefined) return path.join(finals, agent, 'workspace');
  }
  return undefined;
}

/** What the configuration says of the agents' files; undefined when no agent has any. Throws `config-invalid` for context paths that are not there. `isProgram` says who has tools of its own. */
export function prepareFiles(plan: RunPlan, agents: readonly AgentInfo[], isProgram: (agent: PlannedAgent) => boolean, deps: TeamFilesDeps): TeamFiles | undefined {
  const base = realpathSync(deps.cwd);
  // An agent that is a program is not kept from any file of its user's.
  const anyProgram = plan.agents.some(isProgram);
  const equipped = plan.agents.filter((agent) => !isProgram(agent)).flatMap((agent): readonly WorkspaceAgent[] => {
    const { id, backend } = agent;
    const files = readAgentFiles(backend, plan.files.contextPaths) ?? (wantsFiles(agent) ? PLAIN : undefined);
    const anonymous = agents.find((info) => info.id === id)?.anonymous;
    return files === undefined || anonymous === undefined ? [] : [{ id, anonymous, files, context: contextRoots(files.contextPaths, base), hasPrograms: anyProgram || hasPrograms(plan, agent) }];
  });
  if (equipped.length === 0) return undefined;
  const names = folderNames(plan.agents.map(({ id }) => id));
  const folderOf = (agent: AgentId): string => names.get(agent) ?? agent;
  return {
    has: (agent) => equipped.some(({ id }) => id === agent),
    begin: ({ folder, resultsOf }) => {
      const previous = folder === null ? undefined : deliveredBefore(folder);
      return deps.create(
        { agents: equipped, folders: plan.files.folders },
        {
          base,
          suffix: () => randomBytes(4).toString('hex'),
          log: folder === null ? null : { directory: folder, folderOf, answerFolder: deps.logsAnswers ? answerFolderIn(folder, folderOf) : undefined },
          keep: !deps.isServer,
          resultsOf,
          ...(previous === undefined ? {} : { previous }),
        },
      );
    },
  };
}
