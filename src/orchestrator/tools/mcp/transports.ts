import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { McpDeps } from './deps.js';
import { SignInNeeded } from './fault.js';
import { watchedFetch } from './http-fetch.js';
import type { HttpServerSettings, McpServerSettings } from './settings.js';
import type { ServerComplaints } from './stderr-file.js';
import { StdioServerTransport } from './stdio-transport.js';
import { watchTransport, type WatchedTransport } from './watch-transport.js';

export interface OpenedTransport {
  readonly client: Client;
  readonly request: WatchedTransport['request'];
  readonly close: () => Promise<void>;
  /** Why it ended, as far as that is known. */
  readonly why: () => string | undefined;
}

type Wait = (connecting: Promise<void>) => Promise<void>;
type CreateClient = () => Promise<Client>;

export interface OpenHow {
  readonly createClient: CreateClient;
  /** Around what may hang. A user who signs in may take longer. */
  readonly wait: Wait;
  readonly signal: AbortSignal;
}

const CLOSE_MS = 2000;
const RESUME_MS = 10_000;

const soon = (work: Promise<unknown>): Promise<unknown> => Promise.race([work.catch(() => undefined), sleep(CLOSE_MS, undefined, { ref: false })]);

interface Connected extends OpenedTransport {
  readonly fail: WatchedTransport['fail'];
  readonly lose: (why: string) => void;
}

async function connect(inner: Transport & { readonly terminateSession?: () => Promise<void> }, ending: () => string | undefined, createClient: CreateClient, wait: Wait): Promise<Connected> {
  let why: string | undefined;
  const close = async (): Promise<void> => {
    if (inner.terminateSession !== undefined) await soon(inner.terminateSession());
    await soon(inner.close());
  };
  const lose = (reason: string): void => {
    why ??= reason;
    void inner.close();
  };
  const watched = watchTransport(inner, () => lose('it flooded massgen with messages'));
  const client = await createClient();
  const said = (): string | undefined => why ?? ending();
  try {
    await wait(client.connect(watched.transport));
  } catch (error) {
    await soon(inner.close());
    throw said() === undefined || said() === 'it was closed' ? error : new Error(said(), { cause: error });
  }
  return { client, request: watched.request, close, why: said, fail: watched.fail, lose };
}

async function openOnce(settings: HttpServerSettings, kind: 'http' | 'sse', deps: McpDeps, createClient: CreateClient, wait: Wait): Promise<OpenedTransport> {
  let opened: Connected | undefined;
  const fetchWatched = watchedFetch(deps.fetch ?? fetch, {
    ended: (id, why, resumable) => {
      if (kind === 'sse') return;
      setTimeout(() => opened?.fail(why, id), resumable ? RESUME_MS : 0).unref();
    },
  });
  const url = new URL(settings.url);
  const { signIns } = deps;
  const authProvider = signIns === undefined || settings.oauth === undefined ? undefined : new (await import('./sign-in.js')).KeptProvider(settings, signIns);
  const options = { fetch: fetchWatched, requestInit: { headers: { ...settings.headers } }, ...(authProvider === undefined ? {} : { authProvider }) };
  if (kind === 'http') {
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    opened = await connect(new StreamableHTTPClientTransport(url, options), () => undefined, createClient, wait);
    return opened;
  }
  // Old servers know nothing else.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  opened = await connect(new SSEClientTransport(url, options), () => undefined, createClient, wait);
  const { client, lose } = opened;
  // The stream would be opened anew, but the session that was agreed on is gone with the old one.
  client.onerror = (error) => lose(error.message);
  return opened;
}

/** Once more after the user has signed in, where the server wants that. */
async function openHttp(settings: HttpServerSettings, kind: 'http' | 'sse', deps: McpDeps, how: OpenHow): Promise<OpenedTransport> {
  const open = (): Promise<OpenedTransport> => openOnce(settings, kind, deps, how.createClient, how.wait);
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof SignInNeeded) || deps.signIns?.openDesk === undefined) throw error;
    const { signIn } = await import('./sign-in.js');
    await signIn(settings, deps.signIns, error, deps.fetch ?? fetch, how.signal);
    return open();
  }
}

const UNKNOWN_THERE = new Set([400, 404, 405, 406, 415]);

/** Connects a client to a server. Whatever has a `url` and no type is tried as streamable HTTP first. */
export async function openTransport(settings: McpServerSettings, deps: McpDeps, complaints: ServerComplaints, how: OpenHow): Promise<OpenedTransport> {
  if (settings.transport === 'stdio') {
    const inner = new StdioServerTransport(settings, deps, complaints);
    return connect(inner, () => inner.ending(), how.createClient, how.wait);
  }
  if (settings.transport !== 'http-or-sse') return openHttp(settings, settings.transport, deps, how);
  try {
    return await openHttp(settings, 'http', deps, how);
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code !== 'number' || !UNKNOWN_THERE.has(code)) throw error;
    return openHttp(settings, 'sse', deps, how).catch(() => Promise.reject(error as Error));
  }
}
