import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { isMap, type JsonMap } from '../../json-map.js';
import { watchSilence, type SilenceWatch } from '../../watch-silence.js';
import { ServerSaid, TIMEOUT_CODE } from './fault.js';

export interface RequestHow {
  readonly signal: AbortSignal;
  /** The signal is of this one request, so what listens to it goes with it. */
  readonly isOwn?: true;
  /** Counts again with each word of progress; without it the signal alone ends the request. */
  readonly timeoutMs?: number;
  readonly onProgress?: (message: string) => void;
}

/** Requests to a server, beside those of the SDK's client on the same transport. */
export interface Calls {
  /** The result as it came, of any form. Rejects with what the server, or the end of its connection, says. An abort is told to the server. */
  readonly request: (method: string, params: JsonMap, how: RequestHow) => Promise<JsonMap>;
  /** Takes a message that is for one of these requests, also for one that is over; false when it is for the client. */
  readonly hear: (message: JSONRPCMessage) => boolean;
  /** Ends one of them as if its server had said so. */
  readonly fail: (id: RequestId, code: number, message: string) => void;
  readonly isOpen: (id: RequestId) => boolean;
  readonly ids: () => readonly RequestId[];
  /** There is no connection any more. */
  readonly end: () => void;
}

/** The client counts its own from 0. */
const FIRST_ID = 1_000_000;
const CLOSED_CODE = -32_000;

interface Call {
  readonly resolve: (result: JsonMap) => void;
  readonly reject: (error: unknown) => void;
  readonly how: RequestHow;
  /** Absent where the signal needs no care when the call is over. */
  readonly stop?: () => void;
  limit?: SilenceWatch;
}

function progressed(call: Call | undefined, { progress, total, message }: JsonMap): void {
  call?.limit?.hear();
  const far = typeof progress === 'number' ? String(progress) : '';
  call?.how.onProgress?.([typeof total === 'number' ? `${far}/${String(total)}` : far, typeof message === 'string' ? message : ''].join(' ').trim());
}

function settle({ resolve, reject }: Call, answer: JsonMap): void {
  const { result, error } = answer;
  if (isMap(result)) resolve(result);
  else reject(ServerSaid.from(error));
}

/** What the SDK checks with schemas, three for each answer, is read here where it is used: what a call may cost is measured (docs/decisions/0012). */
export function createCalls(send: (message: JSONRPCMessage) => Promise<void>): Calls {
  const open = new Map<number, Call>();
  let nextId = FIRST_ID;
  let isOver = false;
  const take = (id: unknown): Call | undefined => {
    const key = Number(id);
    const call = open.get(key);
    if (call === undefined) return undefined;
    open.delete(key);
    call.limit?.end();
    if (call.stop !== undefined) call.how.signal.removeEventListener('abort', call.stop);
    return call;
  };
  const cancel = (id: number, reason: unknown): void => {
    const call = take(id);
    if (call === undefined) return;
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: String(reason) } }).catch(() => undefined);
    call.reject(reason);
  };
  const fail = (id: RequestId, code: number, message: string): void => take(id)?.reject(new ServerSaid(code, message));
  return {
    request: (method, params, how) =>
      new Promise((resolve, reject) => {
        const { signal, isOwn, timeoutMs, onProgress } = how;
        signal.throwIfAborted();
        if (isOver) throw new ServerSaid(CLOSED_CODE, 'Not connected');
        const id = nextId++;
        const stop = (): void => cancel(id, signal.reason);
        signal.addEventListener('abort', stop);
        const call: Call = isOwn === true ? { resolve, reject, how } : { resolve, reject, how, stop };
        if (timeoutMs !== undefined) call.limit = watchSilence(timeoutMs, () => cancel(id, new ServerSaid(TIMEOUT_CODE, 'Request timed out')));
        open.set(id, call);
        send({ jsonrpc: '2.0', id, method, params: onProgress === undefined ? params : { ...params, _meta: { progressToken: id } } }).catch((error: unknown) => take(id)?.reject(error));
      }),
    hear: (message) => {
      if ('method' in message) {
        if (message.method !== 'notifications/progress') return false;
        if (isMap(message.params)) progressed(open.get(Number(message.params['progressToken'])), message.params);
        return true;
      }
      const call = take(message.id);
      if (call === undefined) return Number(message.id) >= FIRST_ID;
      settle(call, message);
      return true;
    },
    fail,
    isOpen: (id) => open.has(Number(id)),
    ids: () => [...open.keys()],
    end: () => {
      isOver = true;
      for (const id of open.keys()) fail(id, CLOSED_CODE, 'Connection closed');
    },
  };
}
