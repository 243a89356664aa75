import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { serveHere, stopServers } from '../support/server.js';
import { agreeing, aloneAt, pairAt, startVendor, type HeardBody, type Said } from '../support/vendor.js';

// Whole streams as they go over the wire. MASSGEN_TEST_RECORD=1 writes them anew; read the difference before it is kept.

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

const FOLDER = fileURLToPath(new URL('../fixtures/streams/', import.meta.url));

/** Without what is different every time. */
const steady = (text: string): string =>
  text
    .replaceAll(/chatcmpl-req_[0-9a-f]{32}/gu, 'chatcmpl-req_ID')
    .replaceAll(/chatcmpl-[0-9a-f-]{36}/gu, 'chatcmpl-UUID')
    .replaceAll(/api_session_\d{8}_\d{6}_[0-9a-f]{32}/gu, 'api_session_ID')
    .replaceAll(/log_\d{8}_\d{6}_\d{6}/gu, 'log_STAMP')
    .replaceAll(/"created":\d+/gu, '"created":0')
    .replaceAll(/"duration_seconds":[\d.e-]+/gu, '"duration_seconds":0')
    .replaceAll(/127\.0\.0\.1:\d+/gu, '127.0.0.1:PORT');

function compare(name: string, text: string): void {
  const file = `${FOLDER}${name}.txt`;
  if (process.env['MASSGEN_TEST_RECORD'] === '1') writeFileSync(file, steady(text));
  expect(steady(text)).toBe(readFileSync(file, 'utf8'));
}

const TOOL = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };
const call: Said = { calls: [{ name: 'get_weather', arguments: { city: 'Lima' } }] };

/** One agent after the other, so that every stream is the same. */
function inTurn(answer: (body: HeardBody) => Said): (body: HeardBody) => Promise<Said> {
  let before = Promise.resolve();
  let place = 0;
  return async (body) => {
    const mine = before;
    const wait = body.messages[0]?.content === undefined ? 0 : 100 * (place++ % 2);
    before = mine.then(() => new Promise((resolve) => setTimeout(resolve, wait)));
    await before;
    return answer(body);
  };
}

describe('a stream', () => {
  it.each<[string, (body: HeardBody) => Said, object]>([
    ['agent', () => ({ text: 'Hello! How are you?', reasoning: 'A greeting.', pieces: 3, paceMs: 20 }), {}],
    ['agent-usage', () => ({ text: 'Hello!' }), { stream_options: { include_usage: true } }],
    ['agent-tools', () => call, { tools: [TOOL] }],
    ['agent-length', () => ({ text: 'Hello', finish: 'length' }), { max_tokens: 1 }],
    ['agent-withheld', () => ({ text: '', finish: 'content_filter' }), {}],
  ])('of one agent is the recorded one: %s', async (name, answer, body) => {
    const vendor = await startVendor(answer);
    const { chat } = await serveHere({ config: aloneAt(vendor.url) });
    compare(name, await (await chat({ model: 'solo', stream: true, ...body })).text());
  });

  it.each<[string, (body: HeardBody) => Said, object]>([
    ['team-unanimous', agreeing(), { stream_options: { include_usage: true } }],
    ['team-presented', agreeing({ text: 'The presented answer.', pieces: 2, paceMs: 20 }), { stop: 'END' }],
    ['team-tools', agreeing(call), { tools: [TOOL] }],
    ['team-full', agreeing(), { massgen: { reasoning: 'full' } }],
    ['team-quiet', agreeing(), { massgen: { reasoning: 'off' } }],
  ])('of a team is the recorded one: %s', async (name, answer, body) => {
    const vendor = await startVendor(inTurn(answer));
    const { chat } = await serveHere({ config: pairAt(vendor.url) });
    compare(name, await (await chat({ model: 'massgen', stream: true, ...body })).text());
  });
});
