import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { CUT_OFF_CODE } from './limits.js';

const WINDOW_MS = 10_000;
const MAX_UNASKED = 20_000;

export interface WatchedTransport {
  readonly transport: Transport;
  /** Answers a call, or all of them, with a failure, as its server would. */
  readonly fail: (message: string, id?: RequestId) => void;
}

const idOf = (message: JSONRPCMessage): RequestId | undefined => ('id' in message && message.id !== undefined ? message.id : undefined);

/** A transport whose open calls can be failed from here, and that ends with `onFlood` when its server sends more than anybody asked for. */
export function watchTransport(inner: Transport, onFlood: () => void): WatchedTransport {
  const open = new Set<RequestId>();
  let since = 0;
  let unasked = 0;
  let flooded = false;
  const isTooMuch = (): boolean => {
    const now = performance.now();
    if (now - since > WINDOW_MS) [since, unasked] = [now, 0];
    unasked += 1;
    return unasked > MAX_UNASKED;
  };
  const outer: Transport = {
    async start() {
      inner.onclose = () => outer.onclose?.();
      inner.onerror = (error) => outer.onerror?.(error);
      inner.onmessage = (message, extra) => {
        if (flooded) return;
        const id = idOf(message);
        if (id !== undefined && !('method' in message) && open.delete(id)) outer.onmessage?.(message, extra);
        else if (isTooMuch()) {
          flooded = true;
          onFlood();
        } else outer.onmessage?.(message, extra);
      };
      await inner.start();
    },
    async send(message, options) {
      const id = 'method' in message ? idOf(message) : undefined;
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
  };
  return {
    transport: outer,
    fail: (message, id) => {
      for (const each of id === undefined ? [...open] : [id]) failOne(each, message);
    },
  };
}
