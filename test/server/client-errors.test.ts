import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../support/backend-servers.js';
import { cleanUp } from '../support/massgen-process.js';
import { ECHO, looped } from '../support/scripts.js';
import { serveHere, stopServers } from '../support/server.js';

afterEach(async () => {
  await stopServers();
  await closeServers();
  await cleanUp();
});

/** What comes back for these bytes until the server hangs up. */
async function sent(url: string, text: string): Promise<{ readonly status: number; readonly head: string; readonly body: unknown }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  let got = '';
  for await (const bytes of socket) got += (bytes as Buffer).toString();
  const [head = '', body = ''] = got.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+) /u.exec(head)?.[1]), head, body: JSON.parse(body) as unknown };
}

describe('a request that the parser refuses', () => {
  it.each<[name: string, text: string, status: number, code: string]>([
    ['is no HTTP', 'GARBAGE\r\n\r\n', 400, 'malformed_request'],
    ['has headers without end', `GET /v1/models HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['has a header without a name', 'GET /health HTTP/1.1\r\nhost: x\r\n: no name\r\n\r\n', 400, 'malformed_request'],
  ])('because it %s is told so in JSON, by a server that goes on', async (_name, text, status, code) => {
    const { url, get } = await serveHere({ config: looped(ECHO) });
    const { head, body, ...reply } = await sent(url, text);
    expect({ ...reply, body }).toEqual({ status, body: { type: 'error', error: { message: expect.any(String), type: 'invalid_request_error', param: null, code } } });
    expect(head).toMatch(/\r\nx-request-id: req_[0-9a-f]{32}\r\n[^]*\r\nconnection: close$/u);
    expect((await get('/health')).status).toBe(200);
  });
});
