import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Processes } from '../processes.js';

/** Folders that commands may use, absolute and without links. */
export interface CommandFolders {
  /** Where commands run unless they say otherwise. */
  readonly workspace: string;
  readonly readable: readonly string[];
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
  readonly start: (command: string, folder: string) => ChildProcessWithoutNullStreams;
  /** Ends a command and all that it started. */
  readonly end: (child: ChildProcessWithoutNullStreams) => void;
  readonly close: () => Promise<void>;
}
