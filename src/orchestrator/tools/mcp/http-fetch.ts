import { MAX_MESSAGE_BYTES, tooLarge } from './limits.js';

export interface HttpWatch {
  /** A call's reply ended, or broke, and may not have held the answer. `resumable`: the server gave it a number to go on from. */
  readonly ended: (id: number | string, why: string, resumable: boolean) => void;
}

/** The id of the call that a request makes. */
function callOf(init: RequestInit | undefined): number | string | undefined {
  if (init?.method !== 'POST' || typeof init.body !== 'string') return undefined;
  try {
    const { id, method } = JSON.parse(init.body) as { readonly id?: unknown; readonly method?: unknown };
    return typeof method === 'string' && (typeof id === 'number' || typeof id === 'string') ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes passed on until one message of them is too long: what lies between blank lines in a stream, the whole of any other body. */
function bounded(isStream: boolean, onNumber: () => void): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (isStream) {
        const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        const end = Math.max(bytes.lastIndexOf('\n\n'), bytes.lastIndexOf('\r\n\r\n'));
        if (end >= 0) size = chunk.length - end;
        if (bytes.includes('\nid:') || bytes.subarray(0, 3).toString('latin1') === 'id:') onNumber();
      }
      if (size > MAX_MESSAGE_BYTES) controller.error(new Error(tooLarge(size)));
      else controller.enqueue(chunk);
    },
  });
}

/** `inner`, for the transports over HTTP: no message without bound, and word of each reply that ends. */
export function watchedFetch(inner: typeof fetch, watch: HttpWatch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    const { body } = response;
    if (body === null || (response.status >= 300 && response.status < 400)) return response;
    const call = callOf(init);
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    let resumable = false;
    const told = (why: string): void => {
      // The last message is still on its way through the parser.
      if (call !== undefined && response.ok) setTimeout(() => watch.ended(call, why, resumable), 100).unref();
    };
    const limited = body.pipeThrough(bounded(isStream, () => (resumable = true)));
    const reader = limited.getReader();
    const watched = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            told('the server ended its reply without an answer');
            controller.close();
          } else controller.enqueue(value);
        } catch (error) {
          told(error instanceof Error ? error.message : String(error));
          controller.error(error);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
    return new Response(watched, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}
