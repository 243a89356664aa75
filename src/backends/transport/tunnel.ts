import type { Socket } from 'node:net';
import { Client, type buildConnector } from 'undici';
import { proxyAuthorization } from './proxy-authorization.js';

/** What a proxy says to a CONNECT that it refuses. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy refused the tunnel (${String(status)})`);
    this.status = status;
  }
}

/** Connects to servers behind a proxy: a CONNECT (RFC 9110 §9.3.6) for each connection, then TLS with the server itself. */
export function tunnelThrough(proxy: URL, connector: buildConnector.connector, timeoutMs: number): buildConnector.connector {
  return (options, callback) => {
    const client = new Client(proxy.origin, { connect: connector, headersTimeout: timeoutMs });
    const host = options.host ?? options.hostname;
    const place = options.port === '' ? `${host}:443` : host;
    client.connect({ path: place, headers: { host: place, ...proxyAuthorization(proxy) } }).then(
      ({ statusCode, socket }) => {
        // undici types it as any stream; it is the proxy's socket.
        if (statusCode >= 200 && statusCode < 300) connector(Object.assign({}, options, { httpSocket: socket as Socket }), callback);
        else {
          socket.destroy();
          callback(new ProxyRefusal(statusCode), null);
        }
      },
      (thrown: unknown) => {
        callback(thrown instanceof Error ? thrown : new Error(String(thrown)), null);
      },
    );
  };
}
