import type { AgentConfiguration } from '../agent-types.js';

/** Something that can be opened as a run: a file, or a configuration as an object. */
export interface ModelSource {
  readonly config: string | AgentConfiguration;
  /** As it is named in logs and replies. */
  readonly source: string;
  /** Another text after each change. */
  readonly version: string;
}
