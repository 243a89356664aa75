import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { createDice } from '../support/dice.js';
import { meddledRequest } from '../support/fuzz-bodies.js';
import { cleanUp } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';
import { bodyOf, serveHere, stopServers, type TestServer } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await cleanUp();
});

// MASSGEN_TEST_FUZZ=100000 asks that many; a failure names the number that repeats it.
const COUNT = Number(process.env['MASSGEN_TEST_FUZZ'] ?? 10_000);
/** By then caches are full and code is compiled. */
const WARM = COUNT / 2;
const AT_ONCE = 16;
const MB = 1024 * 1024;

const agent = new Agent({ keepAlive: true });
afterAll(() => {
  agent.destroy();
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** In MB, of what can be reached. */
async function heapNow(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed / MB;
}

/** Whether an error is one that the API which was asked documents. */
function isDocumented(path: string, text: string): boolean {
  const { type, error } = JSON.parse(text) as { readonly type?: string; readonly error?: Readonly<Record<string, unknown>> };
  if (path.startsWith('/v1/messages')) return type === 'error' && typeof error?.['type'] === 'string' && typeof error['message'] === 'string';
  return Object.keys(error ?? {}).join() === 'message,type,param,code';
}

/** With half of what `fetch` costs. */
const posted = (url: string, body: string): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, timeout: 30_000, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece)).on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`no answer to ${body.slice(0, 2000)}`))).end(body);
  });

async function ask(number: number, { url }: TestServer, seen: Map<string, number>): Promise<void> {
  const { path, body } = meddledRequest(createDice(number));
  const { status, text } = await posted(`${url}${path}`, body);
  seen.set(`${path} ${String(status)}`, (seen.get(`${path} ${String(status)}`) ?? 0) + 1);
  // A model that only repeats keeps no form: that is upstream's failure.
  const isOurs = status >= 500 && !(status === 502 && /format_unmet|form that was asked for/u.test(text));
  if (isOurs || (status >= 400 && !isDocumented(path, text))) throw new Error(`number ${String(number)}: ${path} ${String(status)} ${text.slice(0, 300)} for ${body.slice(0, 2000)}`);
}

it(`${String(COUNT)} bodies that somebody has meddled with, in all dialects, get an answer or a documented reason each, and leave nothing behind`, async () => {
  const server = await serveHere({ config: { ...looped(ECHO), ui: { logging_enabled: false } }, concurrency: AT_ONCE });
  const seen = new Map<string, number>();
  const upTo = async (from: number, to: number): Promise<void> => {
    let next = from;
    const visit = async (): Promise<void> => {
      while (next < to) await ask(next++, server, seen);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, visit));
  };
  await upTo(0, WARM);
  const before = await heapNow();
  await upTo(WARM, COUNT);
  expect((await heapNow()) - before).toBeLessThan(24);
  expect(await bodyOf(await server.get('/health/ready'))).toMatchObject({ status: 'ready', waiting: 0 });
  expect(server.reports).toEqual([]);
  for (const path of ['/v1/chat/completions', '/v1/responses', '/v1/messages', '/v1/completions']) for (const status of [200, 400]) expect(seen.get(`${path} ${String(status)}`)).toBeGreaterThan(COUNT / 200);
}, 60_000 + 30 * COUNT);
