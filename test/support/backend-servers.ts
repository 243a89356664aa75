import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';

const closing: (() => Promise<unknown>)[] = [];
const sockets = new Set<Socket>();

/** Closes every server that was begun here, and its connections: for `afterEach`. */
export async function closeServers(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** The port of a server on this machine, until `closeServers`. */
export function listen(server: Server | TcpServer): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  );
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The URL of an HTTP server. */
export const serve = async (listener: RequestListener): Promise<string> => `http://127.0.0.1:${String(await listen(createHttpServer(listener)))}`;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Answers with what was asked. */
export const echo: RequestListener = (request, response) => {
  void bodyOf(request).then((body) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  });
};

export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const post = (body: string, more: RequestInit = {}): RequestInit => ({ method: 'POST', body, headers: { 'content-type': 'application/json' }, ...more });
export const echoed = async (response: Response): Promise<Echo> => (await response.json()) as Echo;
