import { readFileSync } from 'node:fs';
import type { FetchLike } from '../../src/backends/spec.js';

/** The recorded bytes of one reply: `<wire>/<name>`. */
export const recording = (path: string): Buffer => readFileSync(new URL(`../fixtures/wires/${path}`, import.meta.url));

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** After the body: the connection breaks, or nothing more comes. */
  readonly then?: 'reset' | 'silence';
}

export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Replay {
  readonly fetch: FetchLike;
  /** What was sent, oldest first. */
  readonly sent: SentRequest[];
}

/** A `fetch` that answers every request with the same reply, ONE BYTE AT A TIME. */
export function replay(reply: Reply): Replay {
  const sent: SentRequest[] = [];
  const fetch: FetchLike = (url, init) => {
    sent.push({
      url: url instanceof Request ? url.url : String(url),
      headers: new Headers(init?.headers),
      body: JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Record<string, unknown>,
    });
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...reply.headers };
    return Promise.resolve(new Response(byteByByte(reply, init?.signal ?? undefined), { status: reply.status ?? 200, headers }));
  };
  return { fetch, sent };
}

function byteByByte(reply: Reply, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const bytes = typeof reply.body === 'string' ? new TextEncoder().encode(reply.body) : (reply.body ?? new Uint8Array());
  let next = 0;
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      signal?.addEventListener('abort', () => {
        controller.error(new DOMException('This operation was aborted', 'AbortError'));
      });
    },
    pull: (controller) => {
      if (next < bytes.length) {
        controller.enqueue(bytes.subarray(next, ++next));
        return undefined;
      }
      if (reply.then === 'reset') controller.error(new TypeError('terminated', { cause: Object.assign(new Error('other side closed'), { code: 'ECONNRESET' }) }));
      else if (reply.then === 'silence') return new Promise(() => undefined);
      else controller.close();
      return undefined;
    },
  });
}
