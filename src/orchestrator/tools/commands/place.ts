import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Processes } from '../processes.js';
import type { Root } from '../workspace/paths/rights.js';

/** What commands may use of the machine's files, absolute and without links. */
export interface CommandFolders {
  /** Where commands run unless they say otherwise. */
  readonly workspace: string;
  /** All that the agent may use, its workspace too. */
  readonly roots: readonly Root[];
}

/** What commands are run with. */
export interface CommandDeps {
  readonly processes: Processes;
  /** What every program is given to know; no keys. */
  readonly environment: Readonly<Record<string, string>>;
  /** Values of variables that the configuration names for a container. */
  readonly lookUp: (name: string) => string | undefined;
  readonly folders: CommandFolders;
  /** Unique among the agents and runs of this machine; letters, digits and dashes. */
  readonly label: string;
}

/** Somewhere commands run. */
export interface CommandPlace {
  /** For the agent and the user: where its commands run, and what keeps them there. */
  readonly description: string;
  /** A command can change nothing but the workspace, and reach nobody. */
  readonly isConfined: boolean;
  /** Values that its commands know and nobody is shown. */
  readonly secrets: readonly string[];
  /** Folders of the agent's that the last command did not find, because they are too large to be looked through. */
  readonly tooLarge: () => readonly string[];
  /** Starts a command; for an agent that is delivering, with the right to write where that is allowed then. Rejects when it cannot. */
  readonly start: (command: string, folder: string, delivering: boolean) => Promise<ChildProcessWithoutNullStreams>;
  /** Ends a command and all that it started. */
  readonly end: (child: ChildProcessWithoutNullStreams) => void;
  /** Resolves when what a command has left behind is as it has to be. */
  readonly settle?: (child: ChildProcessWithoutNullStreams) => Promise<void>;
  readonly close: () => Promise<void>;
}
