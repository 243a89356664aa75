import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MassgenError } from '../errors.js';
import { answerClientErrors } from './http/client-errors.js';
import { classesFor } from './http/express-classes.js';

/** Longer than proxies keep theirs, so that it is they who hang up. */
const KEEP_ALIVE_MS = 75_000;

/** One port that is listened on. */
export interface Listener {
  /** With the port that was found when 0 was asked for. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes no more connections; resolves when the last one is closed. Idle ones are closed, `force` closes all. */
  readonly close: (force: boolean) => Promise<void>;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): MassgenError {
  const place = `${host}:${String(port)}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new MassgenError('usage-invalid', `something else listens on ${place}; choose another --port`, { cause: error });
    case 'EACCES':
      return new MassgenError('usage-invalid', `this user may not listen on ${place}; choose a --port from 1024`, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new MassgenError('usage-invalid', `this machine has no address ${host}; choose another --host`, { cause: error });
    default:
      return new MassgenError('usage-invalid', `cannot listen on ${place}: ${error.message}`, { cause: error });
  }
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::';
const spelled = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function toListener(server: Server, host: string): Listener {
  const { port } = server.address() as AddressInfo;
  return {
    host,
    port,
    url: `http://${isAny(host) ? 'localhost' : spelled(host)}:${String(port)}`,
    close: (force) =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        if (force) server.closeAllConnections();
      }),
  };
}

/** Listens. Rejects with `usage-invalid` when that cannot be. */
export function createListener(app: RequestListener, host: string, port: number): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...classesFor(app) }, app);
  answerClientErrors(server);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(explain(error, host, port));
    });
    server.listen(port, host, () => {
      resolve(toListener(server, host));
    });
  });
}
