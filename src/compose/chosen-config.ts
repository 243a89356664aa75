import type { Config } from '../orchestrator/config/schema/root.js';

/** What a run goes by, however it was chosen. */
export interface ChosenConfig {
  readonly config: Config;
  /** As written, before variables: mask it before it is logged. */
  readonly given: unknown;
  /** A path, or what the team was made from. */
  readonly source: string;
  readonly warnings: readonly string[];
  /** What a person should know about the choice. */
  readonly notes: readonly string[];
}
