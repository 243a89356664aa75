import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MCPMock } from '@copilotkit/aimock';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeSources, sourceOf, use } from '../../../support/mcp.js';
import { until } from '../../../support/until.js';

interface Said {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string };
}

type Answer = (said: Said, response: ServerResponse, request: IncomingMessage) => void;

const running: Server[] = [];
const mocks: MCPMock[] = [];
afterEach(async () => {
  await closeSources();
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await Promise.all(mocks.splice(0).map((mock) => mock.stop()));
});

const json = (response: ServerResponse, id: number | undefined, result: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
};

/** A server over streamable HTTP that answers calls as it is told. */
async function serving(call: Answer, port = 0): Promise<{ readonly url: string; readonly port: number; readonly server: Server; readonly headers: () => IncomingMessage['headers'] | undefined; readonly seen: string[] }> {
  let headers: IncomingMessage['headers'] | undefined;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      headers = request.headers;
      const said = JSON.parse(body) as Said;
      seen.push(said.method);
      if (said.id === undefined) response.writeHead(202).end();
      else if (said.method === 'initialize') json(response, said.id, { protocolVersion: said.params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'h', version: '1' } });
      else if (said.method === 'tools/list') json(response, said.id, { tools: [{ name: 'act', inputSchema: { type: 'object' } }, { name: 'read', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] });
      else call(said, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  running.push(server);
  const { port: at } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${at}/mcp`, port: at, server, headers: () => headers, seen };
}

const stream = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });

async function pour(response: ServerResponse, megabytes: number, lines: boolean): Promise<void> {
  const chunk = lines ? 'data: '.padEnd(999_999, 'x') + '\n' : 'x'.repeat(1_000_000);
  for (let sent = 0; sent < megabytes && !response.destroyed; sent += 1) if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  response.end();
}

describe('the MCP mock', () => {
  it('offers and runs its tools, resources and prompts', async () => {
    const mock = new MCPMock();
    mocks.push(mock);
    mock.addTool({ name: 'weather', description: 'Says the weather.', inputSchema: { type: 'object', properties: { city: { type: 'string' } } } });
    mock.onToolCall('weather', (args) => `sun in ${(args as { readonly city: string }).city}`);
    mock.addResource({ uri: 'file:///readme', name: 'readme', mimeType: 'text/plain' }, { text: 'read me', mimeType: 'text/plain' });
    const source = await sourceOf([{ name: 'mock', url: await mock.start() }]);
    expect(await use(source, 'mcp__mock__weather', { city: 'Oslo' })).toEqual({ text: 'sun in Oslo' });
    expect((await use(source, 'mcp_resources', { uri: 'file:///readme' })).text).toContain('read me');
  });
});

describe('a server over HTTP', () => {
  it('is sent the headers of the configuration', async () => {
    const { url, headers } = await serving(({ id }, response) => json(response, id, { content: [{ type: 'text', text: 'ok' }] }));
    const source = await sourceOf({ h: { url, headers: { Authorization: 'Bearer t', 'X-Team': 7 } } });
    expect((await use(source, 'mcp__h__act')).text).toBe('ok');
    expect(headers()).toMatchObject({ authorization: 'Bearer t', 'x-team': '7' });
  });

  it.each([401, 403])('that refuses access with %i costs its tools, and says what to mend', async (status) => {
    const server = createServer((_request, response) => response.writeHead(status).end('no'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(server);
    const source = await sourceOf({ h: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` } });
    expect(source.tools()).toEqual([]);
    expect(source.notes()).toEqual([`The MCP server h is not available: it refuses access (HTTP ${status}); check its headers. Its tools are missing; go on without them.`]);
  });

  it.each([
    [404, '<!DOCTYPE html><html><body>Cannot POST /</body></html>', 'there is no MCP server at its url (HTTP 404); check the path'],
    [405, '', 'there is no MCP server at its url (HTTP 405); check the path'],
    [502, '<html>Bad Gateway</html>', 'it answered HTTP 502'],
    [500, 'the database is gone', 'it answered HTTP 500: the database is gone'],
  ])('that answers %i costs its tools, and says so without the page', async (status, page, reason) => {
    const server = createServer((_request, response) => response.writeHead(status).end(page));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(server);
    for (const type of ['streamable-http', undefined]) {
      const source = await sourceOf({ h: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, type } });
      expect(source.notes()).toEqual([`The MCP server h is not available: ${reason}. It is being started again.`]);
    }
  });

  it('that is not there costs its tools', async () => {
    const { url, server } = await serving(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const source = await sourceOf({ h: { url } });
    expect(source.notes()[0]).toContain('nobody listens at its url');
  });

  it('that never answers is given up after its time', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(server);
    for (const type of ['sse', 'streamable-http']) {
      const source = await sourceOf({ h: { type, timeout: 0.5, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` } });
      expect(source.notes()[0]).toContain('was not ready within 0.5 seconds');
    }
  });

  it('cannot fill the memory with one result', async () => {
    const { url } = await serving((_said, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      void pour(response, 100, false);
    });
    await expect(use(await sourceOf({ h: { url } }), 'mcp__h__act')).rejects.toThrow('larger than 16 MB');
  });

  it.each([['one line', false], ['many lines', true]])('cannot fill the memory with one event of %s', async (_name, lines) => {
    const { url } = await serving((_said, response) => {
      stream(response);
      if (!lines) response.write('data: ');
      void pour(response, 100, lines);
    });
    await expect(use(await sourceOf({ h: { url } }), 'mcp__h__act')).rejects.toThrow('larger than 16 MB');
  });

  it('that ends its stream without an answer fails the call at once', async () => {
    const { url } = await serving((_said, response) => void stream(response).end(': nothing\n\n'));
    await expect(use(await sourceOf({ h: { url } }), 'mcp__h__act')).rejects.toThrow('the server ended its reply without an answer');
  });

  it('that dies in a call fails it at once, and is found again when it is back', async () => {
    let isWell = false;
    const answer: Answer = ({ id }, response, request) => {
      if (isWell) json(response, id, { content: [{ type: 'text', text: 'back' }] });
      else request.socket.destroy();
    };
    const first = await serving(answer);
    const source = await sourceOf({ h: { url: first.url } });
    await expect(use(source, 'mcp__h__act')).rejects.toThrow('whether it did what was asked is not known');
    isWell = true;
    await until(() => source.notes().length === 0);
    expect((await use(source, 'mcp__h__act')).text).toBe('back');
  });

  it('that forgot the session is greeted again, and the call repeated', async () => {
    let forgot = true;
    const { url, seen } = await serving(({ id }, response) => {
      if (forgot) response.writeHead(404).end('no such session');
      else json(response, id, { content: [{ type: 'text', text: 'again' }] });
      forgot = false;
    });
    expect((await use(await sourceOf({ h: { url } }), 'mcp__h__act')).text).toBe('again');
    expect(seen.filter((method) => method === 'initialize')).toHaveLength(2);
  });

  it('that fails again and again is left alone: its circuit is open', async () => {
    const { url, seen } = await serving((_said, _response, request) => void request.socket.destroy());
    const source = await sourceOf({ h: { url } });
    for (let round = 0; round < 3; round += 1) {
      await until(() => source.notes().length === 0);
      await expect(use(source, 'mcp__h__act')).rejects.toThrow('broke during the call');
    }
    expect(source.tools()).toEqual([]);
    const before = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(seen).toHaveLength(before);
  });

  it('does not lead massgen to another host', async () => {
    let stolen = 0;
    const other = createServer((_request, response) => {
      stolen += 1;
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    running.push(other);
    const { url } = await serving((_said, response) => void response.writeHead(307, { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` }).end());
    await expect(use(await sourceOf({ h: { url, headers: { Authorization: 'Bearer t' } } }), 'mcp__h__act')).rejects.toThrow();
    expect(stolen).toBe(0);
  });
});
