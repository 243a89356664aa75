import type { HistoryMessage, RunRequest } from '../../orchestrator/index.js';

/** How much callers see of how an answer came to be: what happened, also the agents' own words, or nothing. */
export type ReasoningLevel = 'summary' | 'full' | 'off';

/** A request of any dialect, checked. */
export interface ServeRequest {
  readonly model: string;
  readonly prompt: string;
  readonly history: readonly HistoryMessage[];
  readonly request: RunRequest;
  readonly stream: boolean;
  /** A streamed reply ends with its usage. */
  readonly includeUsage: boolean;
  readonly reasoning?: ReasoningLevel;
  /** What of the request was left out, for the reply's reasoning. */
  readonly notes: readonly string[];
}
