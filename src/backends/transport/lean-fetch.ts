import type { Dispatcher } from 'undici';
import { getProxyForUrl } from 'proxy-from-env';
import { isLoopback } from '../hosts.js';
import type { FetchLike } from '../spec.js';
import type { TracedOptions } from './connection.js';
import { abortError, Exchange, StaleConnection } from './exchange.js';
import { createRouter, type Route, type RouteOptions } from './route.js';

export type LeanFetchOptions = Partial<RouteOptions>;

const CONNECT_TIMEOUT_MS = 15_000;
const ROUTES_KEPT = 64;

/** This machine is never reached through a proxy: to the proxy, `localhost` is another machine. */
const proxyFromEnvironment = (url: string): string => (isLoopback(new URL(url).hostname) ? '' : getProxyForUrl(url));

/** What is ours to say. */
const OWN = new Set(['accept-encoding', 'content-length', 'proxy-authorization']);

type Pairs = Iterable<readonly [string, unknown]>;

/** By its looks: to ask for the class `Headers` is to load node's whole fetch. */
const pairsOf = (given: RequestInit['headers'] = []): Pairs => (Symbol.iterator in given ? (given as Pairs) : Object.entries(given));

/** Names and values in turn. */
function headersOf(route: Route, given: RequestInit['headers']): string[] {
  const headers = ['accept-encoding', 'identity'];
  let hasHost = false;
  for (const [name, value] of pairsOf(given)) {
    const known = name.toLowerCase();
    if (OWN.has(known)) continue;
    hasHost ||= known === 'host';
    headers.push(name, String(value));
  }
  for (const name in route.headers) if (name !== 'host' || !hasHost) headers.push(name, route.headers[name] ?? '');
  return headers;
}

/**
 * A `fetch` for hot streams over undici's dispatchers: keep-alive, TLS, the usual proxy variables, abort, no web streams.
 * Only what a model API needs: a string body, no redirects; no compression is asked for, and what comes compressed all the
 * same is read. A successful response is a `leanResponse`; any other is a real `Response`. A request on a kept connection that
 * the server had already closed is sent once more on a new one. Fails with node's own errors (`code`), or `ECONNTIMEOUT` when
 * no connection comes about.
 */
export function createLeanFetch(options: LeanFetchOptions = {}): FetchLike {
  const routeTo = createRouter({ proxyFor: proxyFromEnvironment, connectTimeoutMs: CONNECT_TIMEOUT_MS, ...options });
  const routes = new Map<string, Route>();

  function routeOf(url: string): Route {
    let known = routes.get(url);
    if (known === undefined) {
      if (routes.size >= ROUTES_KEPT) routes.clear();
      known = routeTo(url);
      routes.set(url, known);
    }
    return known;
  }

  return async (input, init = {}) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const route = routeOf(url);
    const { headers, signal, method = 'GET', body } = init;
    if (signal?.aborted === true) throw abortError();
    const sent = headersOf(route, headers);
    const send = (by: Dispatcher): Promise<Response> =>
      new Promise((resolve, reject) => {
        const exchange = new Exchange({ url, signal: signal ?? undefined, resolve, reject });
        const request: TracedOptions = { method, path: route.path, headers: sent, body: typeof body === 'string' ? body : null, traveller: exchange };
        by.dispatch(request, exchange);
      });
    try {
      return await send(route.pooled);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      const fresh = route.fresh();
      const response = send(fresh);
      // It closes once it has answered.
      void fresh.close();
      return response;
    }
  };
}
