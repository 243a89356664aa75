import { afterEach, expect, it } from '@jest/globals';
import { cleanUp } from '../support/massgen-process.js';
import { STUCK } from '../support/scripts.js';
import { serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

const silent = { agent: { id: 'solo', backend: { type: 'scripted', loop: true, script: [{ fault: 'silence' }] } } };
const DIALECTS: readonly (readonly [string, object, string])[] = [
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }, ': keep-alive\n\n'],
  ['/v1/responses', { input: 'Hi' }, ': keep-alive\n\n'],
  ['/v1/messages', { max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }, 'event: ping\ndata: {"type":"ping"}\n\n'],
];

/** Reads a stream until it says this; how many ms that took. */
async function until(response: Response, text: string): Promise<number> {
  const began = performance.now();
  const reader = response.body!.getReader();
  let got = '';
  while (!got.includes(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`ended without ${JSON.stringify(text)}: ${got}`);
    got += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return performance.now() - began;
}

it.each(DIALECTS)('a stream of %s says that it lives while its agent is silent', async (path, body, beat) => {
  const { post } = await serveHere({ config: silent, heartbeatMs: 100 });
  const response = await post(path, { model: 'solo', stream: true, ...body });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  await until(response, beat);
});

it('a stream of a team says so between its lines, too', async () => {
  const { chat } = await serveHere({ config: STUCK, heartbeatMs: 100 });
  await until(await chat({ stream: true }), ': keep-alive\n\n: keep-alive\n\n: keep-alive\n\n');
});

it('a stream that waits for its turn says so, too', async () => {
  const { chat } = await serveHere({ config: silent, heartbeatMs: 100, concurrency: 1 });
  const first = await chat({ stream: true });
  await until(await chat({ stream: true }), ': waiting, position 1\n\n: keep-alive\n\n: keep-alive\n\n');
  await first.body!.cancel();
});

it('that is every 15 seconds', async () => {
  const { chat } = await serveHere({ config: silent });
  const began = performance.now();
  const response = await chat({ stream: true });
  await until(response, ': keep-alive\n\n');
  const first = performance.now() - began;
  expect([first > 14_500, first < 40_000]).toEqual([true, true]);
});
