import type { Environment } from '../orchestrator/config/interpolate.js';
import type { Places } from '../orchestrator/config/places.js';

/** A configuration of the one language with one agent (`agent`) or several (`agents`), variables still by their names. Backends may be missing: see `completeBackend`. */
export type AgentConfiguration = Readonly<Record<string, unknown>>;

/** An agent that stands in a folder of agents. */
export interface RegisteredAgent {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  /** Unix seconds; stays what it is when the file is edited. */
  readonly created: number;
  /** The template that it was made from. */
  readonly profile: string | null;
  /** Absolute. */
  readonly file: string;
  readonly scope: 'project' | 'user';
  /** The user's, where the project has one of that name: it is found by its id only. */
  readonly hidden?: true;
  /** `{agent: {id, …}}` */
  readonly config: AgentConfiguration;
  /** Another text after each change of the file. */
  readonly version: string;
  /** What has no effect, each with its place in the file. */
  readonly warnings: readonly string[];
}

/** A file in a folder of agents that is no agent, and why. */
export interface BrokenAgent {
  readonly name: string;
  readonly file: string;
  readonly scope: 'project' | 'user';
  /** One line or more, each with its place in the file. */
  readonly problem: string;
}

export interface AgentRegistryOptions extends Partial<Places> {
  /** The process's own environment, without `.env` files, if absent. */
  readonly env?: Environment;
}

/** An agent that is no more. */
export interface RemovedAgent {
  readonly name: string;
  readonly file: string;
  readonly scope: 'project' | 'user';
}

/** What a new agent is to be. At least one of `profile`, `template` and `systemMessage` is needed. */
export interface SpawnRequest {
  /** The template's name, or the profile's, if absent. */
  readonly name?: string;
  /** A template, or a set of tools. */
  readonly profile?: string;
  /** A template, or an agent file to copy. */
  readonly template?: string;
  readonly backend?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly systemMessage?: string;
  /** Names of tools, or of one set of tools. */
  readonly tools?: readonly string[];
  /** Into the user's folder. */
  readonly global?: boolean;
}

/** The agents of the project's and the user's folder, as they are on the disk at the time of each call. */
export interface AgentRegistry {
  /** In the order of their creation. Of two with one name the project's; broken files are left out. */
  list(): Promise<readonly RegisteredAgent[]>;
  /** Every agent, also those of the user behind one of the project's with the same name, which are marked. */
  all(): Promise<readonly RegisteredAgent[]>;
  /** By name or UUID, also behind `massgen:`, `openfang:` or `agentpool:`. Cheap enough for every request. */
  find(reference: string): Promise<RegisteredAgent | undefined>;
  broken(): Promise<readonly BrokenAgent[]>;
  /** Writes the agent's file. Throws `usage-invalid` or `config-invalid`, and then leaves nothing behind. */
  spawn(request: SpawnRequest): Promise<RegisteredAgent>;
  /** Removes the agent's file. Throws `usage-invalid` when there is no such agent, or `spawn` did not make it. */
  remove(reference: string, only?: 'project' | 'user'): Promise<RemovedAgent>;
}
