import path from 'node:path';
import { childEnvironment } from '../backends/wires/process/child-environment.js';
import { endGroup, startGroup } from '../backends/wires/process/process-group.js';
import type { Environment } from '../backends/resolve.js';
import type { PlannedAgent } from '../orchestrator/config/plan.js';
import { readCommandSettings } from '../orchestrator/tools/commands/settings.js';
import type { OpenToolSource } from '../orchestrator/tools/contract.js';
import { readCustomTools } from '../orchestrator/tools/custom/settings.js';
import { matchesAny } from '../orchestrator/tools/match-name.js';
import { notesSource } from '../orchestrator/tools/notes-source.js';
import type { Root } from '../orchestrator/tools/workspace/paths/rights.js';
import { readWebSettings } from '../orchestrator/tools/web/settings.js';

/** Where an agent works in one run. */
export interface WorkPlace {
  /** Undefined for an agent without a folder. */
  readonly workspace: string | undefined;
  /** All that the agent may use of the machine's files, its workspace too. */
  readonly roots: readonly Root[];
  /** Unique among agents and runs; letters, digits and dashes. */
  readonly label: string;
}

/** An agent's commands, functions of the user's and reach to the web: a source each, none opened. */
export type OwnTools = (place: WorkPlace) => readonly OpenToolSource[];

export interface OwnToolsDeps {
  readonly env: Environment;
  /** Where massgen was started: relative paths of the configuration begin here. */
  readonly cwd: string;
  readonly fetch?: typeof fetch;
}

const COMMANDS = { name: 'execute_command', aliases: ['shell_exec', 'mcp__command_line__execute_command'] };
const FETCH = { name: 'web_fetch', aliases: [] };
const SEARCH = { name: 'web_search', aliases: [] };

/** The agent may run commands, because its configuration says so or names the tool. */
export const wantsCommands = ({ backend, toolChoice = [] }: PlannedAgent): boolean => backend['enable_mcp_command_line'] === true || matchesAny(toolChoice, COMMANDS);

/** Reads what the agent has besides files and servers; undefined when that is nothing. Throws `config-invalid` for what cannot be. */
export function readOwnTools(agent: PlannedAgent, { env, cwd, fetch }: OwnToolsDeps): OwnTools | undefined {
  const { backend, toolChoice = [] } = agent;
  const home = env['HOME'] ?? cwd;
  const commands = readCommandSettings(backend, { home, base: cwd }, matchesAny(toolChoice, COMMANDS));
  const custom = readCustomTools(backend, (file) => path.resolve(cwd, file.replace(/^~(?=\/)/u, home)));
  const web = readWebSettings(backend, { fetch: matchesAny(toolChoice, FETCH), search: matchesAny(toolChoice, SEARCH) });
  if (commands === undefined && custom.length === 0 && web === undefined) return undefined;
  const common = { processes: { start: startGroup, end: endGroup }, environment: childEnvironment(env), lookUp: (name: string) => env[name] };
  return ({ workspace, roots, label }) => {
    const openCommands: OpenToolSource = async () => {
      if (commands === undefined || workspace === undefined) return notesSource();
      const { openCommandSource } = await import('../orchestrator/tools/commands/command-source.js');
      return openCommandSource(commands, { ...common, folders: { workspace, roots }, label });
    };
    const openCustom: OpenToolSource = async (signal) => {
      const { openCustomSource } = await import('../orchestrator/tools/custom/custom-source.js');
      return openCustomSource(custom, { ...common, folder: workspace ?? cwd, python: env['MASSGEN_PYTHON'] ?? 'python3' }, signal);
    };
    const openWeb: OpenToolSource = async () => {
      if (web === undefined) return notesSource();
      const { openWebSource } = await import('../orchestrator/tools/web/web-source.js');
      return openWebSource(web, { ...common, ...(fetch === undefined ? {} : { fetch }) });
    };
    return [openCommands, ...(custom.length === 0 ? [] : [openCustom]), openWeb];
  };
}
