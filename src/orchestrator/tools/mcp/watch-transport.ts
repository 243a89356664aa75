import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { createCalls, type Calls } from './calls.js';
import { CUT_OFF_CODE } from './limits.js';

const WINDOW_MS = 10_000;
const MAX_UNASKED = 20_000;

export interface WatchedTransport {
  /** The client's. */
  readonly transport: Transport;
  readonly request: Calls['request'];
  /** Answers a call, or all of them, with a failure, as its server would. */
  readonly fail: (message: string, id?: RequestId) => void;
}

/** A transport that takes calls beside the client's, whose open calls can be failed from here, and that ends with `onFlood` when its server sends more than anybody asked for. */
export function watchTransport(inner: Transport, onFlood: () => void): WatchedTransport {
  /** Requests of the client. */
  const open = new Set<RequestId>();
  const calls = createCalls((message) => inner.send(message));
  let since = 0;
  let unasked = 0;
  let flooded = false;
  const isTooMuch = (): boolean => {
    const now = performance.now();
    if (now - since > WINDOW_MS) [since, unasked] = [now, 0];
    unasked += 1;
    return unasked > MAX_UNASKED;
  };
  const isAsked = (message: JSONRPCMessage): boolean => !('method' in message) && message.id !== undefined && (calls.isOpen(message.id) || open.delete(message.id));
  const outer: Transport = {
    async start() {
      inner.onclose = () => {
        outer.onclose?.();
        calls.end();
      };
      inner.onerror = (error) => outer.onerror?.(error);
      inner.onmessage = (message, extra) => {
        if (flooded) return;
        if (isAsked(message) || !isTooMuch()) {
          if (!calls.hear(message)) outer.onmessage?.(message, extra);
        } else {
          flooded = true;
          onFlood();
        }
      };
      await inner.start();
    },
    async send(message, options) {
      const id = 'method' in message && 'id' in message ? message.id : undefined;
      if (id !== undefined) open.add(id);
      try {
        await inner.send(message, options);
      } catch (error) {
        if (id !== undefined) open.delete(id);
        throw error;
      }
    },
    close: () => inner.close(),
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
  };
  const failOne = (id: RequestId, message: string): void => {
    if (open.delete(id)) outer.onmessage?.({ jsonrpc: '2.0', id, error: { code: CUT_OFF_CODE, message } });
    else calls.fail(id, CUT_OFF_CODE, message);
  };
  return {
    transport: outer,
    request: calls.request,
    fail: (message, id) => {
      for (const each of id === undefined ? [...open, ...calls.ids()] : [id]) failOne(each, message);
    },
  };
}
