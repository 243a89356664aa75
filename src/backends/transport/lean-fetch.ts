import type { ClientRequest, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { getProxyForUrl } from 'proxy-from-env';
import { isLoopback } from '../hosts.js';
import type { FetchLike } from '../spec.js';
import { bodyOf, type Body } from './body.js';
import { errorResponse, leanResponse } from './lean-response.js';
import { createRouter, type Route, type RouteOptions } from './route.js';

export interface LeanFetchOptions extends Partial<RouteOptions> {
  readonly connectTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 15_000;
const ROUTES_KEPT = 64;
const STALE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** This machine is never reached through a proxy: to the proxy, `localhost` is another machine. */
const proxyFromEnvironment = (url: string): string => (isLoopback(new URL(url).hostname) ? '' : getProxyForUrl(url));

/**
 * A `fetch` for hot streams over node's own HTTP client: keep-alive, TLS, the usual proxy variables, abort, no web streams.
 * Only what a model API needs: a string body, no redirects, no compression. A successful response is a `leanResponse`; any
 * other is a real `Response`. A request on a kept connection that the server had already closed is sent once more on a
 * new one. Fails with node's own errors (`code`), or `ECONNTIMEOUT` when no connection comes about.
 */
export function createLeanFetch(options: LeanFetchOptions = {}): FetchLike {
  const route = createRouter({ proxyFor: proxyFromEnvironment, ...options });
  const routes = new Map<string, Promise<Route>>();
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;

  function routeTo(url: string): Promise<Route> {
    let known = routes.get(url);
    if (!known) {
      if (routes.size >= ROUTES_KEPT) routes.clear();
      known = route(url);
      routes.set(url, known);
    }
    return known;
  }

  return async (input, init = {}) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const exchange = { url, init, route: await routeTo(url), connectTimeoutMs };
    try {
      return await send(exchange, true);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return send(exchange, false);
    }
  };
}

interface Exchange {
  readonly url: string;
  readonly init: RequestInit;
  readonly route: Route;
  readonly connectTimeoutMs: number;
}

class StaleConnection extends Error {}

/** What is ours to say. */
const OWN = new Set(['accept-encoding', 'content-length', 'proxy-authorization']);

/** Names and values in turn: node writes such a list as it is, and spares what it does to headers that are set one by one. */
function headersOf({ route, init }: Exchange, body: string | undefined): string[] {
  const headers: string[] = [];
  const names = new Set<string>();
  const add = (name: string, value: unknown): void => {
    const known = name.toLowerCase();
    if (OWN.has(known)) return;
    names.add(known);
    headers.push(name, String(value));
  };
  const given = init.headers;
  if (given instanceof Headers) for (const [name, value] of given) add(name, value);
  else if (Array.isArray(given)) for (const [name, value] of given) add(name ?? '', value);
  else for (const name in given) add(name, given[name]);
  headers.push('accept-encoding', 'identity');
  if (body !== undefined) headers.push('content-length', String(Buffer.byteLength(body)));
  for (const [name, value] of Object.entries(route.headers)) if (!names.has(name)) headers.push(name, value);
  return headers;
}

/** The SDK copies an error of another realm (node's own, seen from a vm context) and loses its code: so it gets one of ours. */
const ownError = ({ name, message, code }: NodeJS.ErrnoException): Error => Object.assign(new Error(message), { name }, code === undefined ? {} : { code });

const abortError = (): Error => Object.assign(new Error('The request was aborted.'), { name: 'AbortError' });

function send(exchange: Exchange, pooled: boolean): Promise<Response> {
  const { route, init, url } = exchange;
  const signal = init.signal ?? undefined;
  const text = typeof init.body === 'string' ? init.body : undefined;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError());
      return;
    }
    const agent = pooled ? route.agents.pooled : route.agents.fresh;
    const request = route.request({ method: init.method ?? 'GET', headers: headersOf(exchange, text), agent, ...route.options });
    let body: Body | undefined;
    const onAbort = (): void => {
      const error = abortError();
      body?.fail(error);
      request.destroy(error);
    };
    signal?.addEventListener('abort', onAbort);
    // A kept connection is there already.
    const stopClock = request.reusedSocket ? undefined : watchConnect(request, exchange.connectTimeoutMs);
    request.on('close', () => {
      stopClock?.();
      signal?.removeEventListener('abort', onAbort);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (body) body.fail(error);
      else if (pooled && request.reusedSocket && STALE.has(error.code ?? '')) reject(new StaleConnection());
      else reject(ownError(error));
    });
    request.on('response', (message: IncomingMessage) => {
      body = bodyOf(message);
      const status = message.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve(leanResponse(message, url, body));
      else errorResponse(message, body).then(resolve, reject);
    });
    request.end(text);
  });
}

/** The clock runs until there is a connection (with TLS: a secure one), through a proxy or not. Returns what stops it. */
function watchConnect(request: ClientRequest, ms: number): () => void {
  const timer = setTimeout(() => {
    request.destroy(Object.assign(new Error(`no connection within ${String(ms / 1000)} s`), { code: 'ECONNTIMEOUT' }));
  }, ms);
  const connected = (): void => {
    clearTimeout(timer);
  };
  request.once('socket', (socket) => {
    if ((socket as TLSSocket & { secureConnecting?: boolean }).secureConnecting) socket.once('secureConnect', connected);
    else if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  return connected;
}
