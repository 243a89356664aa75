import type { HistoryMessage, RunEvent, RunPlace, RunRequest, StopSignal } from '../orchestrator/index.js';

/** One line of `/v1/models`. */
export interface ModelEntry {
  readonly id: string;
  /** Unix seconds; the same at every call, 0 when nobody knows. */
  readonly created: number;
  readonly owned_by: string;
  readonly description?: string;
}

/** What the server knows of whoever calls. */
export interface Caller {
  /** Of the key that was sent, not the key itself; `local` for loopback peers and `anonymous` for others where no key is needed. */
  readonly owner: string;
  /** Sent a configured key, or is a loopback peer without forwarding headers. */
  readonly trusted: boolean;
}

export interface StartRequest {
  readonly prompt: string;
  readonly history: readonly HistoryMessage[];
  readonly request: RunRequest;
  /** The id that the run and its log carry. */
  readonly session: string;
  /** The session that this is the next turn of, if it is. */
  readonly continues?: string;
  readonly signal: StopSignal;
}

/** A run that has begun, or will at the first event that is asked for. */
export interface ServedRun {
  readonly events: AsyncGenerator<RunEvent, void, undefined>;
  readonly place: RunPlace;
  readonly turn: number;
  /** What was wrong with the end of its log, once it has ended. */
  readonly logWarning?: () => string | undefined;
}

/** A model that was found and can run. */
export interface ServedModel {
  readonly kind: 'team' | 'agent';
  /** What replies call it. */
  readonly name: string;
  /** Somebody in it takes images. */
  readonly sees: boolean;
  /** Throws a MassgenError for what cannot be run; calls nobody. */
  start(request: StartRequest): Promise<ServedRun>;
}

/** Everything that can be asked for by name. */
export interface Models {
  list(): Promise<readonly ModelEntry[]>;
  /** What one name stands for, listed or not: examples, files, aliases. Throws `model-missing` for a name that means nothing itself. */
  find(model: string, caller: Caller): Promise<ModelEntry>;
  /** Throws `model-missing`, or what is wrong with the model's configuration. */
  open(model: string, caller: Caller): Promise<ServedModel>;
}
