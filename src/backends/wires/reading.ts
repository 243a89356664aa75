import type { ErrorData } from '../../errors.js';
import type { BackendEvent } from '../contract.js';
import type { RepeatedFrame } from '../transport/sse.js';

/**
 * The pure half of a wire: what one reply's frames mean. Each function returns the events they amount to; after a terminal
 * event the reading is over and nothing more is asked of it.
 */
export interface Reading {
  take(payloads: Iterable<string>): BackendEvent[];
  /** Frames whose texts may be put together in one before they are read, once such have been seen. */
  repeated?(): RepeatedFrame | undefined;
  /** The body is one whole JSON reply: a vendor that does not stream. */
  whole(body: unknown): BackendEvent[];
  /** The body has ended. `head` is how it began, when not one frame was found in it. */
  end(head: string): BackendEvent[];
}

const EXCERPT = 200;

export const unknownBody = (head: string): ErrorData => ({
  code: 'backend-garbage',
  message: `the reply is not an event stream: ${head.slice(0, EXCERPT)}`,
});

export const brokenFrame = (payload: string): ErrorData => ({
  code: 'backend-garbage',
  message: `a frame of the reply is not JSON: ${payload.slice(0, EXCERPT)}`,
});

export const earlyEnd = (head: string): ErrorData =>
  head === '' ? { code: 'backend-truncated', message: 'the reply ended before it was complete' } : unknownBody(head);
