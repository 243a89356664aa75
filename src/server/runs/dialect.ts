import type { ErrorData } from '../../errors.js';
import type { ServeEvent, ServedReply } from './serve-event.js';
import type { ServeRequest } from './serve-request.js';

/** What every reply to one request has in common. */
export interface ReplyHead {
  readonly requestId: string;
  readonly session: string;
  /** What the reply calls the model. */
  readonly model: string;
  readonly kind: 'team' | 'agent';
  /** Unix seconds. */
  readonly created: number;
  readonly request: ServeRequest;
  /** Agents' own tool calls belong into the message. */
  readonly agentToolsInMessage: boolean;
}

/** One streamed reply: each function returns the text to send, whole SSE frames. */
export interface ReplyStream {
  /** Before the first event. */
  readonly open: () => string;
  readonly event: (event: Exclude<ServeEvent, { type: 'failed' }>) => string;
  /** Ends a stream that has begun, or begins and ends one where `Dialect.fail` has a status of success. */
  readonly fail: (error: ErrorData) => string;
  /** Sent while there is nothing to say; a comment unless given. */
  readonly ping?: string;
}

/** What is sent instead of a reply. */
export interface Failure {
  readonly status: number;
  readonly body: object;
}

/** One API that clients speak: pure translations at the edge of the one shared path. */
export interface Dialect {
  /** For metrics. */
  readonly name: string;
  /** Throws `request-invalid`. */
  readonly read: (body: unknown) => ServeRequest;
  readonly reply: (reply: ServedReply, head: ReplyHead) => object;
  readonly fail: (error: ErrorData, head: ReplyHead) => Failure;
  readonly stream: (head: ReplyHead) => ReplyStream;
}
