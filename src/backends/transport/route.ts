import { buildConnector, Pool, type Client, type Dispatcher } from 'undici';
import { Connection } from './connection.js';
import { proxyAuthorization } from './proxy-authorization.js';
import { tunnelThrough } from './tunnel.js';

/** How requests for one URL travel. */
export interface Route {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Keeps connections for reuse. */
  readonly pooled: Dispatcher;
  /** One connection, to be closed after use. */
  readonly fresh: () => Connection;
}

export interface RouteOptions {
  /** More certificates to trust, PEM. */
  readonly ca?: string;
  /** The proxy for a URL, or ''. */
  readonly proxyFor: (url: string) => string;
  readonly connectTimeoutMs: number;
}

/** How long a connection that nobody uses is kept, unless the server says it itself. */
const KEPT_MS = 60_000;

interface Line {
  readonly pooled: Dispatcher;
  readonly fresh: () => Connection;
}

function openLine(origin: string, connect: buildConnector.connector): Line {
  // Whether a stream has fallen silent is watched where it is read.
  const options: Client.Options = { connect, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: KEPT_MS };
  return { pooled: new Pool(origin, { connections: null, factory: (to, given) => new Connection(to, given), ...options }), fresh: () => new Connection(origin, options) };
}

/**
 * Finds routes and keeps their connections: one pool for each origin, and each proxy. Through a proxy, `https` URLs go in a
 * CONNECT tunnel and `http` URLs as absolute-form requests (RFC 9110 §7.3.2, RFC 9112 §3.2.2).
 */
export function createRouter({ ca, proxyFor, connectTimeoutMs }: RouteOptions): (url: string) => Route {
  const connector = buildConnector(ca === undefined ? { timeout: connectTimeoutMs } : { ca, timeout: connectTimeoutMs });
  const lines = new Map<string, Line>();

  function lineTo(origin: string, proxy?: URL): Line {
    const name = proxy === undefined ? origin : `${origin} ${proxy.href}`;
    const line = lines.get(name) ?? openLine(origin, proxy === undefined ? connector : tunnelThrough(proxy, connector, connectTimeoutMs));
    lines.set(name, line);
    return line;
  }

  return (address) => {
    const url = new URL(address);
    const { host, origin, pathname, search } = url;
    const proxy = proxyFor(address);
    if (proxy === '') return { path: `${pathname}${search}`, headers: { host }, ...lineTo(origin) };
    const via = new URL(proxy);
    if (url.protocol === 'https:') return { path: `${pathname}${search}`, headers: { host }, ...lineTo(origin, via) };
    return { path: url.href, headers: { host, ...proxyAuthorization(via) }, ...lineTo(via.origin) };
  };
}
