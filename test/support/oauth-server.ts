import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OAuthServer {
  /** Of the MCP server, which has one tool, `act`. */
  readonly url: string;
  /** What it was asked for, as `METHOD /path`. */
  readonly seen: string[];
  /** Bodies of requests for tokens. */
  readonly asked: URLSearchParams[];
  /** What it takes is not taken any more, unless it is renewed. */
  readonly expire: () => void;
  /** Nothing can be renewed either. */
  readonly revoke: () => void;
  readonly tokens: () => readonly string[];
  readonly close: () => Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const bytes of request) body += String(bytes);
  return body;
}

/** An MCP server over streamable HTTP that wants its users to sign in, and the place where they do: whoever opens its page is signed in and sent back. */
export async function oauthServer(how: { readonly registers?: boolean; readonly denies?: boolean } = {}): Promise<OAuthServer> {
  const [seen, asked]: [string[], URLSearchParams[]] = [[], []];
  const codes = new Map<string, { readonly challenge: string; readonly redirect: string }>();
  let [access, refresh] = [new Set<string>(), new Set<string>()];
  const all: string[] = [];
  let origin = '';
  const send = (response: ServerResponse, status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const issue = (): object => {
    const [token, renewal] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
    access.add(token);
    refresh.add(renewal);
    all.push(token, renewal);
    return { access_token: token, refresh_token: renewal, token_type: 'Bearer', expires_in: 3600 };
  };
  const exchange = (given: URLSearchParams): object | undefined => {
    asked.push(given);
    if (given.get('grant_type') === 'refresh_token') return refresh.delete(given.get('refresh_token') ?? '') ? issue() : undefined;
    const code = codes.get(given.get('code') ?? '');
    codes.delete(given.get('code') ?? '');
    const proof = createHash('sha256').update(given.get('code_verifier') ?? '').digest('base64url');
    return code?.challenge === proof && code.redirect === given.get('redirect_uri') ? issue() : undefined;
  };
  const authorize = (response: ServerResponse, { searchParams }: URL): void => {
    const back = new URL(searchParams.get('redirect_uri') ?? '');
    const code = randomBytes(8).toString('hex');
    codes.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirect: back.href });
    back.searchParams.set('state', searchParams.get('state') ?? '');
    if (how.denies === true) back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', code);
    response.writeHead(302, { location: back.href }).end();
  };
  const speak = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!access.has((request.headers.authorization ?? '').replace('Bearer ', ''))) return void response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"` }).end();
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(await bodyOf(request)) as { id?: number; method: string; params?: { protocolVersion?: string } };
    if (id === undefined) return void response.writeHead(202).end();
    const result = method === 'initialize' ? { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'o', version: '1' } } : method === 'tools/list' ? { tools: [{ name: 'act', inputSchema: { type: 'object' } }] } : { content: [{ type: 'text', text: 'done' }] };
    send(response, 200, { jsonrpc: '2.0', id, result });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = new URL(request.url ?? '/', origin);
    seen.push(`${request.method ?? ''} ${at.pathname}`);
    switch (at.pathname) {
      case '/mcp':
        return speak(request, response);
      case '/.well-known/oauth-protected-resource/mcp':
        send(response, 200, { resource: `${origin}/mcp`, authorization_servers: [origin], scopes_supported: ['act'] });
        return;
      case '/.well-known/oauth-authorization-server':
        send(response, 200, { issuer: origin, authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token`, ...(how.registers === false ? {} : { registration_endpoint: `${origin}/register` }), response_types_supported: ['code'], code_challenge_methods_supported: ['S256'], grant_types_supported: ['authorization_code', 'refresh_token'], token_endpoint_auth_methods_supported: ['none', 'client_secret_post'] });
        return;
      case '/register':
        send(response, 201, { ...(JSON.parse(await bodyOf(request)) as object), client_id: 'registered' });
        return;
      case '/authorize':
        authorize(response, at);
        return;
      case '/token': {
        const tokens = exchange(new URLSearchParams(await bodyOf(request)));
        if (tokens === undefined) send(response, 400, { error: 'invalid_grant' });
        else send(response, 200, tokens);
        return;
      }
      default:
        return void response.writeHead(404).end();
    }
  };
  const server: Server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: `${origin}/mcp`,
    seen,
    asked,
    expire: () => (access = new Set()),
    revoke: () => ([access, refresh] = [new Set(), new Set()]),
    tokens: () => all,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
