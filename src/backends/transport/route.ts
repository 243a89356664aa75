import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** How requests for one URL travel. */
export interface Route {
  readonly options: RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: (options: RequestOptions) => ClientRequest;
  readonly agents: Agents;
}

/** `pooled` keeps connections for reuse; `fresh` never does. */
export interface Agents {
  readonly pooled: HttpAgent;
  readonly fresh: HttpAgent;
}

export interface RouteOptions {
  /** More certificates to trust, PEM. */
  readonly ca?: string;
  /** The proxy for a URL, or ''. */
  readonly proxyFor: (url: string) => string;
}

const POOL = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 256 };

const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '');

const isHttps = (url: URL): boolean => url.protocol === 'https:';

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (!proxy.username && !proxy.password) return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function hop(url: URL): RequestOptions {
  return { host: unbracketed(url.hostname), port: Number(url.port) || (isHttps(url) ? 443 : 80), protocol: url.protocol };
}

/**
 * Finds routes and keeps their agents: one pool for plain HTTP, one for TLS, one per proxy. Through a proxy, `https` URLs
 * go in a CONNECT tunnel and `http` URLs as absolute-form requests (RFC 9110 §7.3.2, RFC 9112 §3.2.2).
 */
export function createRouter({ ca, proxyFor }: RouteOptions): (url: string) => Promise<Route> {
  const tls = ca === undefined ? {} : { ca };
  const plain: Agents = { pooled: new HttpAgent(POOL), fresh: new HttpAgent() };
  const secure: Agents = { pooled: new HttpsAgent(Object.assign({}, POOL, tls)), fresh: new HttpsAgent(tls) };
  const tunnels = new Map<string, Promise<Agents>>();

  async function openTunnel(proxy: string): Promise<Agents> {
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    return { pooled: new HttpsProxyAgent(proxy, Object.assign({}, POOL, tls)), fresh: new HttpsProxyAgent(proxy, tls) };
  }

  return async (address) => {
    const url = new URL(address);
    const proxy = proxyFor(address);
    const path = `${url.pathname}${url.search}`;
    if (!proxy) {
      return { options: { path, ...hop(url) }, headers: { host: url.host }, request: isHttps(url) ? httpsRequest : httpRequest, agents: isHttps(url) ? secure : plain };
    }
    if (isHttps(url)) {
      const agents = tunnels.get(proxy) ?? openTunnel(proxy);
      tunnels.set(proxy, agents);
      // The tunnel's own TLS options are for the proxy; these are for who is behind it.
      return { options: { path, ...hop(url), ...tls }, headers: { host: url.host }, request: httpsRequest, agents: await agents };
    }
    const via = new URL(proxy);
    return {
      options: { path: url.href, ...hop(via) },
      headers: { host: url.host, ...proxyAuthorization(via) },
      request: isHttps(via) ? httpsRequest : httpRequest,
      agents: isHttps(via) ? secure : plain,
    };
  };
}
