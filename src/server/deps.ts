import type { RequestHandler } from 'express';
import type { ErrorData } from '../errors.js';
import type { RunEvent, RunRequest, StopSignal } from '../orchestrator/index.js';
import type { Models } from './models.js';
import type { Responses } from './responses/responses.js';
import type { IdempotencyStore } from './runs/idempotency.js';
import type { ServerMetrics } from './runs/metrics.js';
import type { Queue } from './runs/queue.js';
import type { ReasoningLevel } from './runs/serve-request.js';
import type { Sessions } from './runs/sessions.js';

export interface ServerSettings {
  readonly reasoning: ReasoningLevel;
  readonly exposeAgentTools: 'stream' | 'always' | 'never';
  /** `true`: any origin. */
  readonly cors: boolean | readonly string[];
  /** Folder with the files of the documentation pages; undefined without them. */
  readonly docsFolder?: string;
  readonly bodyLimitBytes: number;
  readonly heartbeatMs: number;
}

export interface AccessLine {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly requestId: string;
}

/** A turn in a session's log directory. */
export interface LoggedTurn {
  readonly directory: string;
  readonly turn: number;
  /** Whether this server runs it. */
  readonly runsHere: () => boolean;
}

/** Everything a server needs of the world. */
export interface ServerDeps {
  readonly version: string;
  readonly models: Models;
  /** Callers must send one of them; without any everybody is let in. */
  readonly keys: readonly string[];
  /** Of this listener. */
  readonly queue: Queue;
  /** The one API that this listener speaks; all of them without. */
  readonly only?: 'messages';
  readonly sessions: Sessions;
  readonly idempotency: IdempotencyStore;
  /** Refuses requests that are too many, counted over all listeners (`limitRate`); none are without. */
  readonly rateLimit?: RequestHandler;
  readonly metrics: ServerMetrics;
  readonly responses: Responses;
  readonly settings: ServerSettings;
  /** Says why a text has not the form, null when it has. Rejects with `request-invalid` for a form that is none. */
  readonly formChecker: (format: NonNullable<RunRequest['format']>) => Promise<(text: string) => string | null>;
  /** The numbers of the turns in a session's log directory, ascending; none where there is no log. */
  readonly turnsIn: (directory: string) => readonly number[];
  /** The events of a session's turn, from its log: those that are there, then each as it comes, to the end; none where nothing was logged. */
  readonly follow: (turn: LoggedTurn, signal: StopSignal) => AsyncIterable<readonly RunEvent[]>;
  readonly isDraining: () => boolean;
  readonly now: () => Date;
  readonly access: (line: AccessLine) => void;
  /** Something that a person who runs the server should see; a warning of a run is a message alone. */
  readonly report: (trouble: ErrorData | Error | Pick<ErrorData, 'message'>) => void;
}
