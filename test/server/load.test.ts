import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import autocannon from 'autocannon';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { serve } from '../support/backend-servers.js';
import { serving } from '../support/serve-process.js';
import { serveHere, stopServers } from '../support/server.js';
import { aloneAt, startVendor } from '../support/vendor.js';
import { until } from '../support/until.js';

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await stopServers();
  await closeServers();
  await cleanUp();
});

const MB = 1024 * 1024;
describe('a client that does not read', () => {
  it('slows its provider down instead of filling memory, and gets everything once it reads', async () => {
    const total = 30 * MB;
    const piece = 'x'.repeat(4000);
    let written = 0;
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = (): void => {
        while (written < total && !response.destroyed) {
          written += piece.length;
          if (!response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { reasoning_content: piece } }] })}\n\n`)) {
            response.once('drain', more);
            return;
          }
        }
        response.end('data: {"choices":[{"index":0,"delta":{"content":"Done."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
      };
      more();
    });
    const { url } = await serveHere({ config: { ...aloneAt(`${origin}/v1`), ui: { logging_enabled: false } } });
    const body = JSON.stringify({ model: 'solo', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    sockets.push(socket);
    socket.pause();
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`);
    await until(() => written > 0);
    // Until nothing has moved for half a second.
    for (let before = -1; written !== before; ) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    // What is on its way is in buffers of the system, 14 MB on Linux.
    expect(written).toBeLessThan((total * 3) / 4);
    let got = 0;
    let tail = '';
    socket.on('data', (bytes) => {
      got += bytes.length;
      tail = (tail + bytes.toString('latin1')).slice(-200);
    });
    socket.resume();
    await until(() => tail.includes('data: [DONE]'), 60_000);
    expect(got).toBeGreaterThan(total);
  });
});

describe('clients that do not read', () => {
  const rssOf = (pid: number | undefined): number => Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1024;
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('cost a server memory that does not grow with what they do not read', async () => {
    const CLIENTS = 4;
    let written = 0;
    const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { reasoning_content: 'x'.repeat(16_000) } }] })}\n\n`;
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = (): void => {
        while (!response.destroyed) {
          written += piece.length;
          if (response.write(piece)) continue;
          response.once('drain', more);
          return;
        }
      };
      more();
    });
    const { url, child } = await serving(['solo.json'], { files: { 'solo.json': aloneAt(`${origin}/v1`) } });
    const before = rssOf(child.pid);
    const body = JSON.stringify({ model: 'solo', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    for (let count = 0; count < CLIENTS; count += 1) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      sockets.push(socket);
      socket.pause();
      socket.on('error', () => undefined);
      socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`);
    }
    await until(() => written > MB);
    // Until nothing has moved for two seconds, which on a busy machine is more than a pause of one of the two processes.
    for (let [last, still] = [-1, 0]; still < 3; ) {
      still = written === last ? still + 1 : 0;
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    const full = rssOf(child.pid);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(written).toBeLessThan(CLIENTS * 28 * MB);
    expect(full - before).toBeLessThan(CLIENTS * 100);
    expect(rssOf(child.pid) - full).toBeLessThan(20);
  });
});

describe('many clients at once', () => {
  it('all get their answer, streamed or not', async () => {
    const vendor = await startVendor(() => ({ text: 'Hello there.', pieces: 3 }));
    const { url, get } = await serveHere({ config: aloneAt(vendor.url), concurrency: 16, queueLimit: 200 });
    for (const stream of [false, true]) {
      const result = await autocannon({
        url: `${url}/v1/chat/completions`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'solo', stream, messages: [{ role: 'user', content: 'Hi' }] }),
        connections: 32,
        amount: 200,
        // Of one answer, in seconds: a busy machine is no failure.
        timeout: 60,
      });
      expect(result).toMatchObject({ '2xx': 200, non2xx: 0, errors: 0, timeouts: 0 });
    }
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'ready', running: 0, waiting: 0 });
  });
});
