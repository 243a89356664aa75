import type { AgentInfo } from '../orchestrator/index.js';
import type { RunTools } from '../orchestrator/tools/run-tools.js';

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
