import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { createLeanFetch } from '../../../src/backends/transport/lean-fetch.js';
import { closeServers, echo, echoed, listen, post, serve } from '../../support/backend-servers.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/backend-tls.js';

afterEach(closeServers);

/** A proxy that knows one name and where it is. */
async function proxyTo(port: number): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const proxy = createHttpServer((request, response) => {
    seen.push(`${String(request.url)} ${String(request.headers['proxy-authorization'])}`);
    const { pathname } = new URL(request.url ?? '');
    const onward = httpRequest({ host: '127.0.0.1', port, path: pathname, method: request.method ?? 'GET', headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  proxy.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    seen.push(`CONNECT ${String(request.url)} ${String(request.headers['proxy-authorization'])}`);
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  return { url: `http://user:p%40ss@127.0.0.1:${String(await listen(proxy))}`, seen };
}

const CREDENTIALS = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;

describe('the lean fetch behind a proxy', () => {
  const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
  afterEach(() => {
    for (const name of variables) Reflect.deleteProperty(process.env, name);
  });

  it('sends plain requests whole to the proxy', async () => {
    const port = Number(new URL(await serve(echo)).port);
    const { url, seen } = await proxyTo(port);
    process.env['HTTP_PROXY'] = url;
    const { headers, body } = await echoed(await createLeanFetch()('http://api.example.test/v1/x', post('grüße')));
    expect(body).toBe('grüße');
    expect(headers['host']).toBe('api.example.test');
    expect(seen).toEqual([`http://api.example.test/v1/x ${CREDENTIALS}`]);
  });

  it('makes a tunnel for TLS, and keeps it', async () => {
    const port = await listen(createHttpsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, echo));
    const { url, seen } = await proxyTo(port);
    process.env['HTTPS_PROXY'] = url;
    const fetch = createLeanFetch({ ca: TEST_CERTIFICATE });
    for (let i = 0; i < 2; i++) {
      const { headers, body } = await echoed(await fetch('https://api.example.test/v1', post('x')));
      expect(body).toBe('x');
      expect(headers).not.toHaveProperty('proxy-authorization');
      // undici gives a connection a turn to say that it closes after all before it is used again.
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(seen).toEqual([`CONNECT api.example.test:443 ${CREDENTIALS}`]);
  });

  it('goes around it for NO_PROXY and for this machine', async () => {
    const direct = await serve(echo);
    const { url, seen } = await proxyTo(1);
    process.env['ALL_PROXY'] = url;
    process.env['NO_PROXY'] = '.example.test';
    await echoed(await createLeanFetch()(direct, post('x')));
    await expect(createLeanFetch()('http://api.example.test:1/', post('x'))).rejects.toMatchObject({ code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
    expect(seen).toEqual([]);
  });

  it.each([[407, 407], [999, 502]])('hears what the proxy says when it refuses (%i)', async (said, heard) => {
    const proxy = createHttpServer();
    proxy.on('connect', (_request: IncomingMessage, client: Socket) => {
      client.end(`HTTP/1.1 ${String(said)} No\r\ncontent-length: 0\r\n\r\n`);
    });
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${String(await listen(proxy))}`;
    expect((await createLeanFetch()('https://api.example.test/v1', post('x'))).status).toBe(heard);
  });
});
