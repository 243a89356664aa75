import type { AgentId } from '../../protocol.js';
import type { Root } from './paths/rights.js';
import type { AgentFiles, SharedFolders } from './settings.js';

export interface WorkspaceAgent {
  readonly id: AgentId;
  /** `agentK` */
  readonly anonymous: string;
  readonly files: AgentFiles;
  /** Its context paths, looked up. */
  readonly context: readonly Root[];
  /** Programs write to its workspace too: commands, servers. */
  readonly hasPrograms: boolean;
}

export interface WorkspacesSettings {
  readonly agents: readonly WorkspaceAgent[];
  readonly folders: SharedFolders;
}

/** Where a turn is logged. */
export interface TurnLogPlace {
  /** The turn's directory. */
  readonly directory: string;
  readonly folderOf: (agent: AgentId) => string;
  /** The name of an answer's folder; undefined when answers have none. */
  readonly answerFolder: ((agent: AgentId, at: string, seq: number, attempt: number) => string) | undefined;
}

export interface WorkspacesDeps {
  /** The folder that massgen was started in; `.massgen` is made in it. */
  readonly base: string;
  /** Eight hexadecimal digits that nobody can guess. */
  readonly suffix: () => string;
  readonly log: TurnLogPlace | null;
  /** What the last turn of the session delivered. */
  readonly previous?: string;
  /** Where the agent's long tool results are kept whole. */
  readonly resultsOf?: (agent: AgentId) => string | null;
  /** The workspaces are for the user to look at, afterwards too. */
  readonly keep: boolean;
}
