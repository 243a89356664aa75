import { afterEach, describe, expect, it } from '@jest/globals';
import type { Endpoint, Line } from '../../../../src/backends/spec.js';
import { createBackend } from '../../../../src/backends/create.js';
import { resolveBackend } from '../../../../src/backends/resolve.js';
import { anyServer } from '../../../../src/backends/wires/local/any-server.js';
import { collect, eventsOf, requestOf, textOf } from '../../../support/backend-collect.js';
import { recording } from '../../../support/backend-replay.js';
import { closeServers, serve } from '../../../support/backend-servers.js';

afterEach(closeServers);

/** A server with these models, or one that is no model server. */
async function server(models?: readonly string[]): Promise<string> {
  const origin = await serve((request, response) => {
    if (models === undefined) response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>My page</h1>');
    else if (request.url === '/v1/models') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: models.map((id) => ({ id })) }));
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(recording('openai-chat/text.sse'));
  });
  return `${origin}/v1`;
}

async function chosen(config: object, places: readonly string[]): Promise<Endpoint[]> {
  const made: Endpoint[] = [];
  const silent = (endpoint: Endpoint): Line => {
    made.push(endpoint);
    return { stream: async function* stream() { yield [{ type: 'finish', reason: 'stop' }] as const; } };
  };
  const { endpoint } = resolveBackend({ type: 'inference', ...config }, {}, 'a');
  const line = anyServer(silent, places)({ ...endpoint, fetch });
  for (let calls = 0; calls < 2; calls++) for await (const batch of line.stream(requestOf(), new AbortController().signal)) expect(batch).toHaveLength(1);
  return made;
}

describe('vLLM or SGLang, whichever runs', () => {
  it('is the first that answers as a model server, found once', async () => {
    const [page, second] = [await server(), await server(['Qwen/Qwen3-4B', 'other'])];
    const made = await chosen({}, ['http://127.0.0.1:9/v1', page, second]);
    expect(made.map(({ baseUrl, model }) => [baseUrl, model])).toEqual([[second, 'Qwen/Qwen3-4B']]);
  });

  it('is asked for the model that is named', async () => {
    const url = await server(['a']);
    expect((await chosen({ model: 'b' }, [url]))[0]?.model).toBe('b');
  });

  it('is the one that the configuration names, and none besides', async () => {
    const [given, other] = [await server(['mine']), await server(['other'])];
    expect((await chosen({ base_url: given }, [other]))[0]).toMatchObject({ baseUrl: given, model: 'mine' });
  });

  it('says where it looked', async () => {
    await expect(chosen({}, ['http://127.0.0.1:9/v1', 'http://127.0.0.1:10/v1'])).rejects.toMatchObject({ code: 'backend-unreachable', message: expect.stringContaining('http://127.0.0.1:9/v1 or http://127.0.0.1:10/v1') });
    await expect(chosen({}, [await server([])])).rejects.toMatchObject({ code: 'request-rejected' });
  });

  it('runs as a backend', async () => {
    const events = await collect(createBackend({ type: 'inference', base_url: await server(['m']) }, { env: {} }));
    expect(textOf(events)).toBe('Grüße, 世界 👋 — done.');
    expect(eventsOf(events, 'error')).toEqual([]);
  });
});
