import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp, loggedEvents } from '../support/massgen-process.js';
import { ask, serving, type Started } from '../support/serve-process.js';
import { bodyOf, serveHere, stopServers } from '../support/server.js';
import { until } from '../support/until.js';
import { agreeing, aloneAt, pairAt, startVendor, type Vendor } from '../support/vendor.js';

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await stopServers();
  await cleanUp();
  await closeServers();
});

/** A connection that sends this much and no more; what came back is in `got`. */
async function halfRequest(url: string, text: string): Promise<{ readonly socket: Socket; readonly got: () => string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  let got = '';
  socket.on('data', (bytes) => (got += bytes.toString()));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return { socket, got: () => got };
}

const BODY = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'Hi' }] });
const HEAD = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(BODY.length)}\r\n\r\n`;
const readyAt = async (url: string): Promise<unknown> => bodyOf(await fetch(`${url}/health/ready`));
const IDLE = { status: 'ready', running: 0, waiting: 0 };
const hanging = (): Promise<Vendor> => startVendor(() => ({ text: 'Half', hang: true }));

describe('a client that leaves', () => {
  it('while it sends its request makes nobody work', async () => {
    const vendor = await hanging();
    const { url, reports } = await serveHere({ config: aloneAt(vendor.url) });
    for (const part of [HEAD.slice(0, 30), HEAD, HEAD + BODY.slice(0, 10)]) (await halfRequest(url, part)).socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([vendor.heard.length, await readyAt(url), reports]).toEqual([0, IDLE, []]);
  });

  it('in the moment in which its request is complete has the work ended', async () => {
    const vendor = await hanging();
    const { url } = await serveHere({ config: aloneAt(vendor.url) });
    for (let count = 0; count < 10; count += 1) {
      const { socket } = await halfRequest(url, HEAD + BODY);
      if (count % 2 === 0) socket.destroy();
      else setImmediate(() => socket.destroy());
    }
    await until(async () => JSON.stringify(await readyAt(url)) === JSON.stringify(IDLE) && vendor.open() === 0);
  });

  it('while its second request waits behind the first has both calls aborted', async () => {
    const vendor = await hanging();
    const { url } = await serveHere({ config: aloneAt(vendor.url) });
    const { socket } = await halfRequest(url, `${HEAD}${BODY}`.repeat(12));
    await until(() => vendor.open() === 4);
    socket.destroy();
    await until(async () => JSON.stringify(await readyAt(url)) === JSON.stringify(IDLE) && vendor.open() === 0);
  });

  it('while agents vote has their calls aborted', async () => {
    const play = agreeing();
    const vendor = await startVendor((body) => (JSON.stringify(body.messages).includes('Vote, or submit') ? { text: '', hang: true } : play(body)));
    const { chat, cwd } = await serveHere({ config: pairAt(vendor.url) });
    const leaving = new AbortController();
    const asked = chat({ stream: false }, { signal: leaving.signal }).catch(() => 'left');
    await until(() => vendor.heard.length === 4);
    const at = performance.now();
    leaving.abort();
    expect(await asked).toBe('left');
    await until(() => vendor.open() === 0);
    // Some milliseconds where nothing else runs; the limit tells an abort from calls that are left to end by themselves.
    for (const left of vendor.left) expect(left - at).toBeLessThan(5000);
    await until(() => loggedEvents(cwd).at(-1)?.type === 'run-end');
    expect(loggedEvents(cwd).at(-1)).toMatchObject({ status: 'cancelled' });
  });

  it('while it does not read has the work ended', async () => {
    const vendor = await startVendor(() => ({ text: 'x'.repeat(8_000_000), pieces: 1000 }));
    const { url } = await serveHere({ config: aloneAt(vendor.url) });
    const { socket } = await halfRequest(url, HEAD + BODY);
    socket.pause();
    await until(() => vendor.heard.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.destroy();
    await until(async () => JSON.stringify(await readyAt(url)) === JSON.stringify(IDLE) && vendor.open() === 0);
  });
});

it('a session whose client does not read is cancelled all the same', async () => {
  const vendor = await startVendor(() => ({ text: 'x'.repeat(30_000_000), pieces: 1000 }));
  const { url, get, cwd } = await serveHere({ config: aloneAt(vendor.url) });
  const { socket } = await halfRequest(url, HEAD + BODY);
  socket.pause();
  await until(() => vendor.heard.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const [session] = (await bodyOf(await get('/v1/sessions'))).data as { id: string; status: string }[];
  expect(session?.status).toBe('running');
  await get(`/v1/sessions/${session?.id ?? ''}`, { method: 'DELETE' });
  await until(() => loggedEvents(cwd).at(-1)?.type === 'run-end');
  expect(loggedEvents(cwd).at(-1)).toMatchObject({ status: 'cancelled' });
});

describe('SIGTERM', () => {
  const served = async (vendor: Vendor, ...args: readonly string[]): Promise<Started> => serving(['solo.json', ...args], { files: { 'solo.json': aloneAt(vendor.url) } });
  const stopped = async ({ child, ended }: Started, seconds: number): Promise<void> => {
    const at = performance.now();
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('massgen: stopped')]);
    expect((performance.now() - at) / 1000).toBeLessThan(seconds);
  };

  it('ends a server that nobody asks, with connections that are open, at once', async () => {
    const server = await served(await hanging());
    await halfRequest(server.url, '');
    const { got } = await halfRequest(server.url, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => got().includes('"ok"'));
    await stopped(server, 20);
  });

  it('does not wait for a request that is only half there', async () => {
    const server = await served(await hanging());
    for (const part of [HEAD.slice(0, 30), HEAD + BODY.slice(0, 10)]) await halfRequest(server.url, part);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await stopped(server, 20);
  });

  it('ends the events of a session for who follows them', async () => {
    const vendor = await hanging();
    const server = await served(vendor, '--drain-timeout', '0');
    const asked = await ask(server.url, { stream: true });
    const id = asked.headers.get('x-massgen-session') ?? '';
    const events = await fetch(`${server.url}/v1/sessions/${id}/events`);
    expect(events.status).toBe(200);
    const text = events.text().catch(() => 'cut off');
    await stopped(server, 20);
    expect(await text).toContain('"status":"cancelled"');
  });

  it('lets a response in the background end, and cancels it after the time', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const vendor = await startVendor(async () => {
      await held;
      return { text: 'Done.' };
    });
    const server = await served(vendor);
    const made = await bodyOf(await fetch(`${server.url}/v1/responses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ input: 'Hi', background: true }) }));
    expect(made.status).toMatch(/queued|in_progress/u);
    await until(() => vendor.heard.length === 1);
    server.child.kill('SIGTERM');
    await server.says('stopping on SIGTERM');
    free();
    expect((await server.ended).code).toBe(0);
    expect(loggedEvents(server.cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
  });

  it('does not wait for who does not read', async () => {
    const vendor = await startVendor(() => ({ text: 'x'.repeat(15_000_000), pieces: 1000 }));
    const server = await served(vendor, '--drain-timeout', '1');
    const { socket } = await halfRequest(server.url, HEAD + BODY);
    socket.pause();
    await until(() => vendor.heard.length === 1);
    await stopped(server, 25);
    expect(loggedEvents(server.cwd).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });
});
