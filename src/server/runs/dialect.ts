import type { ErrorBody } from '../http/envelope.js';
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
  readonly fail: (error: ErrorBody) => string;
}

/** One API that clients speak: pure translations at the edge of the one shared path. */
export interface Dialect {
  /** For metrics. */
  readonly name: string;
  /** Throws `request-invalid`. */
  readonly read: (body: unknown) => ServeRequest;
  readonly reply: (reply: ServedReply, head: ReplyHead) => object;
  readonly stream: (head: ReplyHead) => ReplyStream;
}
