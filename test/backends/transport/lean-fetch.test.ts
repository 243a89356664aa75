import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { createLeanFetch } from '../../../src/backends/transport/lean-fetch.js';
import { closeServers, echo, echoed, listen, post, serve } from '../../support/backend-servers.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/backend-tls.js';
import { until } from '../../support/until.js';

afterEach(closeServers);

/** undici gives a connection a turn to say that it closes after all before it is used again. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const read = async (response: Response): Promise<string> => response.text();

describe('the lean fetch', () => {
  it('sends method, headers and body, and asks for no compression', async () => {
    const url = await serve(echo);
    const response = await createLeanFetch()(`${url}/v1/x?y=1`, post('grüße', { headers: new Headers({ 'X-One': 'two' }) }));
    expect([response.ok, response.status, response.url]).toEqual([true, 200, `${url}/v1/x?y=1`]);
    expect(response.headers.get('Content-Type')).toBe('application/json');
    const { method, url: path, headers, body } = await echoed(response);
    expect({ method, path, body }).toEqual({ method: 'POST', path: '/v1/x?y=1', body: 'grüße' });
    expect(headers).toMatchObject({ 'accept-encoding': 'identity', 'content-length': '7', 'x-one': 'two' });
  });

  it('gives a refusal as a real Response', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(429, { 'retry-after': '3' }).end('{"error":1}');
    });
    const response = await createLeanFetch()(url, post('{}'));
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([429, '3', '{"error":1}']);
  });

  it('follows no redirect: the key would go with it', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect((await createLeanFetch()(url, post('{}'))).status).toBe(307);
  });

  it('gives the body as it arrives', async () => {
    const answers: ServerResponse[] = [];
    const url = await serve((_request, response) => {
      answers.push(response);
      response.write('one');
    });
    const response = await createLeanFetch()(url, post('{}'));
    const heard: string[] = [];
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      heard.push(Buffer.from(bytes).toString());
      if (heard.length === 1) answers[0]?.end('two');
    }
    expect(heard).toEqual(['one', 'two']);
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const fetch = createLeanFetch();
    for (let i = 0; i < 3; i++) {
      expect(await read(await fetch(url, post('{}')))).toBe('ok');
      await turnOfLoop();
    }
    expect(ports.size).toBe(1);
  });

  it('sends a request once more when the kept connection turns out to be dead', async () => {
    let connections = 0;
    let requests = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests += 1;
        if (requests === 2) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    const url = `http://127.0.0.1:${String(await listen(server))}`;
    const fetch = createLeanFetch();
    expect(await read(await fetch(url, post('1')))).toBe('ok');
    await turnOfLoop();
    expect(await read(await fetch(url, post('2')))).toBe('ok');
    expect({ connections, requests }).toEqual({ connections: 2, requests: 3 });
  });

  it('does not repeat a request that failed on a new connection', async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.resetAndDestroy();
    });
    await expect(createLeanFetch()(url, post('{}'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(1);
  });

  it('does not repeat it over TLS either, where a handshake has been heard', async () => {
    let requests = 0;
    const port = await listen(
      createHttpsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (request) => {
        requests += 1;
        request.socket.destroy();
      }),
    );
    await expect(createLeanFetch({ ca: TEST_CERTIFICATE })(`https://127.0.0.1:${String(port)}`, post('{}'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(1);
  });

  it('passes over what a server says before its response', async () => {
    const url = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('ok');
    });
    const response = await createLeanFetch()(url, post('{}'));
    expect([response.status, await read(response)]).toEqual([200, 'ok']);
  });

  it('uses the connection of a body that was left shortly before its end', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.write('one');
      setTimeout(() => response.end('two'), 20);
    });
    const fetch = createLeanFetch();
    for (let i = 0; i < 2; i++) {
      const response = await fetch(url, post('{}'));
      for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
        expect(Buffer.from(bytes).toString()).toBe('one');
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(ports.size).toBe(1);
  });

  it('ends the connection of a body that was left and does not end', async () => {
    let closed = false;
    const url = await serve((request, response) => {
      request.socket.on('close', () => (closed = true));
      response.write('one');
    });
    const response = await createLeanFetch()(url, post('{}'));
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      expect(bytes.length).toBe(3);
      break;
    }
    expect(closed).toBe(false);
    await until(() => closed);
  });

  it('fails the body when the server hangs up before its end', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf'));
    });
    const response = await createLeanFetch()(`http://127.0.0.1:${String(await listen(server))}`, post('{}'));
    await expect(read(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('fails with the parser’s word for what is not HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    });
    await expect(createLeanFetch()(`http://127.0.0.1:${String(await listen(server))}`, post('{}'))).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
  });

  it('fails the body when the connection breaks in the middle', async () => {
    let reset = (): unknown => undefined;
    const url = await serve((request, response) => {
      response.write('half');
      reset = () => request.socket.resetAndDestroy();
    });
    const response = await createLeanFetch()(url, post('{}'));
    reset();
    await expect(read(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('fails with the code of the connection that never came about', async () => {
    const port = await listen(createTcpServer());
    await closeServers();
    await expect(createLeanFetch()(`http://127.0.0.1:${String(port)}`, post('{}'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('gives up a connection that takes too long', async () => {
    const port = await listen(createTcpServer());
    const fetch = createLeanFetch({ connectTimeoutMs: 40, ca: TEST_CERTIFICATE });
    await expect(fetch(`https://127.0.0.1:${String(port)}`, post('{}'))).rejects.toMatchObject({ code: 'ECONNTIMEOUT' });
  });

  it('stops at once when aborted: before, while waiting, and in the middle of the body', async () => {
    let closed = 0;
    const waiting = new AbortController();
    const url = await serve((request, response) => {
      request.socket.on('close', () => (closed += 1));
      if (request.url === '/body') response.write('half');
      else setImmediate(() => waiting.abort());
    });
    const fetch = createLeanFetch();
    await expect(fetch(url, post('{}', { signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError' });
    await expect(fetch(url, post('{}', { signal: waiting.signal }))).rejects.toMatchObject({ name: 'AbortError' });
    const middle = new AbortController();
    const response = await fetch(`${url}/body`, post('{}', { signal: middle.signal }));
    setTimeout(() => {
      middle.abort();
    }, 20);
    await expect(read(response)).rejects.toMatchObject({ name: 'AbortError' });
    await until(() => closed === 2);
  });

  it('speaks TLS, to certificates it trusts only', async () => {
    const port = await listen(createHttpsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, echo));
    const url = `https://127.0.0.1:${String(port)}/v1`;
    expect(await echoed(await createLeanFetch({ ca: TEST_CERTIFICATE })(url, post('x')))).toMatchObject({ url: '/v1', body: 'x' });
    await expect(createLeanFetch()(url, post('x'))).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('waits for a slow reader instead of buffering everything', async () => {
    let written = 0;
    const url = await serve((_request, response) => {
      const chunk = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (written < 64) {
          written += 1;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const response = await createLeanFetch()(url, post('{}'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(written).toBeLessThan(40);
    let length = 0;
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) length += bytes.length;
    expect(length).toBe(64 << 20);
  });
});
