import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackend } from '../../src/backends/create.js';
import type { FetchLike } from '../../src/backends/spec.js';
import { collect, requestOf } from '../support/backend-collect.js';
import { recording, replay } from '../support/backend-replay.js';
import { until } from '../support/until.js';

const CONFIG = { type: 'chatcompletion', base_url: 'http://127.0.0.1:1/v1', model: 'local', api_key: 'sk-very-secret' };

/** A body that goes on until it is aborted, and remembers whether it was. */
function endless(): { readonly fetch: FetchLike; readonly aborted: () => boolean } {
  let aborted = false;
  const frame = new TextEncoder().encode('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n');
  const fetch: FetchLike = (_url, init) => {
    init?.signal?.addEventListener('abort', () => {
      aborted = true;
    });
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(frame);
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  };
  return { fetch, aborted: () => aborted };
}

describe('a created backend', () => {
  it('makes no connection before it is asked', () => {
    const fetch: FetchLike = () => {
      throw new Error('too early');
    };
    expect(createBackend(CONFIG, { env: {}, fetch })).toMatchObject({ id: 'chatcompletion', model: 'local' });
  });

  it('turns whatever is thrown into one error event, without the key', async () => {
    const fetch: FetchLike = () => Promise.reject(new TypeError('Headers.append: "Bearer sk-very-secret" is no good'));
    const events = await collect(createBackend(CONFIG, { env: {}, fetch }));
    expect(events).toEqual([{ type: 'error', error: { code: 'internal', message: '127.0.0.1:1: Headers.append: "Bearer [key]" is no good' } }]);
  });

  it('finds the reason of a refusal wherever the vendor put it', async () => {
    const bodies = [
      ['{"error":{"message":"the reason"}}', 'the reason'],
      ['{"error":"the reason"}', 'the reason'],
      ['{"message":"the reason","object":"error"}', 'the reason'],
      ['{"detail":"the reason"}', 'the reason'],
      ['[{"error":{"message":"the reason","code":400}}]', 'the reason'],
      ['the reason', 'the reason'],
      ['<html><style>p{}</style><h1>502 the</h1> reason</html>', 'the reason'],
    ] as const;
    for (const [body, reason] of bodies) {
      const events = await collect(createBackend(CONFIG, { env: {}, fetch: replay({ status: 400, body }).fetch }));
      expect(events).toMatchObject([{ type: 'error', error: { code: 'request-rejected', message: expect.stringContaining(reason.split(' ')[1] ?? '') } }]);
      expect(JSON.stringify(events)).toMatch(/the +reason/);
    }
  });

  it('tells a request that was turned away or never arrived from one that somebody may have worked on', async () => {
    const last = async (fetch?: FetchLike): Promise<unknown> => (await collect(createBackend(CONFIG, { env: {}, ...(fetch === undefined ? {} : { fetch }) }))).at(-1);
    const refused = { type: 'error', refused: true };
    for (const status of [307, 400, 401, 404, 429, 500, 503]) expect(await last(replay({ status, body: '{"error":{"message":"no"}}' }).fetch)).toMatchObject({ ...refused, error: { status } });
    expect(await last()).toMatchObject({ ...refused, error: { code: 'backend-unreachable' } });
    const begun = replay({ body: 'data: {"error":{"code":429,"message":"slow down"}}\n\n' }).fetch;
    expect(await last(begun)).toEqual({ type: 'error', error: expect.objectContaining({ code: 'backend-overloaded' }) });
    const reset: FetchLike = () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' }));
    expect(await last(reset)).toEqual({ type: 'error', error: expect.objectContaining({ code: 'backend-reset' }) });
    const long = replay({ body: 'data: {"error":{"code":"context_length_exceeded","message":"too long"}}\n\n' }).fetch;
    expect(await last(long)).toMatchObject({ ...refused, error: { code: 'context-overflow' } });
  });

  it('aborts the call when its reader leaves', async () => {
    const { fetch, aborted } = endless();
    for await (const event of createBackend(CONFIG, { env: {}, fetch }).stream(requestOf(), new AbortController().signal)) {
      expect(event.type).toBe('text-delta');
      break;
    }
    expect(aborted()).toBe(true);
  });

  it("leaves no listener on a run's signal", async () => {
    const { signal } = new AbortController();
    const { fetch } = replay({ body: recording('openai-chat/tool-call.sse') });
    const backend = createBackend(CONFIG, { env: {}, fetch });
    await Promise.all(Array.from({ length: 12 }, () => collect(backend, requestOf(), signal)));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does both over connections of its own, too', async () => {
    let closed = 0;
    const server = createServer((_request, response) => {
      response.on('close', () => {
        closed += 1;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    const backend = createBackend({ ...CONFIG, base_url: `http://127.0.0.1:${String(port)}` }, { env: {} });
    try {
      const read = async (): Promise<void> => {
        for await (const event of backend.stream(requestOf(), signal)) if (event.type === 'text-delta') break;
      };
      await Promise.all(Array.from({ length: 12 }, read));
      await until(() => closed === 12);
      await until(() => getEventListeners(signal, 'abort').length === 0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
