import { MassgenError } from '../../../errors.js';
import { noShell, shellWord, splitCommand } from '../split-command.js';
import { checkCommand } from './command-check.js';
import { isMap, type JsonMap } from '../../json-map.js';

interface ServerCommon {
  readonly name: string;
  /** The only ones of its tools; all if absent. */
  readonly allowed?: readonly string[];
  readonly denied: readonly string[];
  /** How long it may take to be ready. */
  readonly connectMs: number;
  /** How long one call may take; the toolbox's own limit if absent. */
  readonly callMs?: number;
  /** Whether it is told of the agent's workspace. */
  readonly roots: boolean;
  /** Whether, and how much, it may ask the agent's model; not if absent. */
  readonly sampling?: SamplingSettings;
}

export interface SamplingSettings {
  /** Of one reply. */
  readonly maxTokens: number;
  /** In one call of a tool. */
  readonly maxRequests: number;
}

export interface StdioServerSettings extends ServerCommon {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface HttpServerSettings extends ServerCommon {
  /** `http-or-sse`: streamable HTTP, and the older SSE where a server does not know it. */
  readonly transport: 'http' | 'sse' | 'http-or-sse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How massgen signs in when the server wants it; absent where it does not. */
  readonly oauth?: OAuthSettings;
}

/** What the server's operator gave massgen for signing in; usually nothing. */
export interface OAuthSettings {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scope?: string;
}

export type McpServerSettings = StdioServerSettings | HttpServerSettings;

const NAME = /^[A-Za-z0-9_.-]{1,100}$/;
const DEFAULT_CONNECT_MS = 30_000;
const MAX_SECONDS = 86_400;

const refuse = (server: string, why: string): never => {
  throw new MassgenError('config-invalid', `mcp_servers: ${server} ${why}`);
};

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((each): each is string | number => typeof each === 'string' || typeof each === 'number').map(String) : [];
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isMap(value)) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, string | number | boolean] => ['string', 'number', 'boolean'].includes(typeof entry[1]));
  return Object.fromEntries(entries.map(([name, each]) => [name, String(each)]));
}

function milliseconds(server: string, entry: JsonMap, key: string): number | undefined {
  const seconds = entry[key];
  if (seconds === undefined || seconds === null) return undefined;
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= MAX_SECONDS)) return refuse(server, `has ${key}: ${JSON.stringify(seconds)}; write seconds, more than 0 and at most ${MAX_SECONDS}`);
  return Math.round(seconds * 1000);
}

/** `streamable-http`, `streamable_http`, `http`, `sse`, `stdio`; what is not said follows from the other keys. */
function transportOf(server: string, { type, command, url }: JsonMap): McpServerSettings['transport'] {
  const written = typeof type === 'string' ? type.toLowerCase().replaceAll('_', '-') : type;
  if (written === 'stdio') return 'stdio';
  if (written === 'sse') return 'sse';
  if (written === 'http' || written === 'streamable-http' || written === 'streamablehttp') return 'http';
  if (written !== undefined && written !== null) return refuse(server, `has type: ${JSON.stringify(type)}; write stdio, streamable-http or sse`);
  if (command !== undefined && url !== undefined) return refuse(server, 'has a command and a url; say type: stdio or type: streamable-http');
  if (command !== undefined) return 'stdio';
  return url === undefined ? refuse(server, 'has neither a command to start it nor a url where it is') : 'http-or-sse';
}

function stdioOf(name: string, entry: JsonMap, common: ServerCommon): StdioServerSettings {
  const given = strings(entry['args']);
  const written = entry['command'];
  if (typeof written !== 'string' && !Array.isArray(written)) return refuse(name, 'is of type stdio and has no command');
  const isLine = typeof written === 'string' && entry['args'] === undefined;
  const [command = '', ...rest] = isLine ? splitCommand(written) : strings(written);
  const shell = isLine ? shellWord(rest) : undefined;
  if (shell !== undefined) return refuse(name, noShell(shell));
  const settings: StdioServerSettings = { ...common, transport: 'stdio', command, args: [...rest, ...given], env: texts(entry['env']), ...(typeof entry['cwd'] === 'string' ? { cwd: entry['cwd'] } : {}) };
  const complaint = checkCommand(settings, isMap(entry['security']) ? strings(entry['security']['allowed_executables']) : []);
  return complaint === undefined ? settings : refuse(name, complaint);
}

function clientOf(name: string, { client_id: clientId, client_secret: clientSecret, scope }: Readonly<Record<string, string | undefined>>): OAuthSettings {
  if (clientSecret !== undefined && clientId === undefined) return refuse(name, 'has oauth: client_secret without client_id');
  return { ...(clientId === undefined ? {} : { clientId }), ...(clientSecret === undefined ? {} : { clientSecret }), ...(scope === undefined ? {} : { scope }) };
}

const OAUTH_KEYS: ReadonlySet<string> = new Set(['client_id', 'client_secret', 'scope']);

/** A header of one's own is an answer to whoever wants to know who is there. */
function oauthOf(name: string, { oauth }: JsonMap, headers: Readonly<Record<string, string>>): Pick<HttpServerSettings, 'oauth'> {
  if (oauth === false || (oauth === undefined && Object.keys(headers).some((each) => each.toLowerCase() === 'authorization'))) return {};
  if (oauth === undefined || oauth === null || oauth === true) return { oauth: {} };
  if (!isMap(oauth)) return refuse(name, `has oauth: ${JSON.stringify(oauth)}; write false, or a map of client_id, client_secret and scope`);
  for (const [key, value] of Object.entries(oauth)) if (!OAUTH_KEYS.has(key) || typeof value !== 'string' || value === '') refuse(name, `has oauth: {${key}: …}; write texts for client_id, client_secret and scope`);
  return { oauth: clientOf(name, oauth as Readonly<Record<string, string | undefined>>) };
}

function httpOf(name: string, entry: JsonMap, common: ServerCommon, transport: HttpServerSettings['transport']): HttpServerSettings {
  const written = entry['url'];
  if (written === undefined || written === null) return refuse(name, `is of type ${transport} and has no url`);
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : refuse(name, `has no valid url: ${JSON.stringify(written)}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse(name, `has a url that is neither http nor https: ${url.protocol}`);
  if (url.username !== '' || url.password !== '') return refuse(name, 'has a user name or password in its url; write headers: {Authorization: …} instead');
  const headers = texts(entry['headers']);
  return { ...common, transport, url: url.href, headers, ...oauthOf(name, entry, headers) };
}

const USUAL_SAMPLING: SamplingSettings = { maxTokens: 4096, maxRequests: 10 };

/** Off unless it is said: what a server asks is paid by the user. */
function samplingOf(name: string, { sampling }: JsonMap): Pick<ServerCommon, 'sampling'> {
  if (sampling === undefined || sampling === null || sampling === false) return {};
  if (sampling === true) return { sampling: USUAL_SAMPLING };
  const given = isMap(sampling) ? Object.entries(sampling) : [['', sampling] as const];
  for (const [key, value] of given) {
    if ((key !== 'max_tokens' && key !== 'max_requests') || !Number.isInteger(value) || (value as number) < 1) refuse(name, `has sampling: ${JSON.stringify(sampling)}; write true, or a map of max_tokens and max_requests, whole numbers from 1`);
  }
  const { max_tokens: maxTokens = USUAL_SAMPLING.maxTokens, max_requests: maxRequests = USUAL_SAMPLING.maxRequests } = sampling as Readonly<Record<string, number>>;
  return { sampling: { maxTokens, maxRequests } };
}

function readServer(name: string, entry: JsonMap): McpServerSettings {
  if (!NAME.test(name)) return refuse(JSON.stringify(name), 'is no name of a server; write letters, digits, - and _');
  const transport = transportOf(name, entry);
  const callMs = milliseconds(name, entry, 'tool_timeout') ?? (transport === 'stdio' ? undefined : milliseconds(name, entry, 'http_read_timeout'));
  const common: ServerCommon = {
    name,
    ...(entry['allowed_tools'] === undefined || entry['allowed_tools'] === null ? {} : { allowed: strings(entry['allowed_tools']) }),
    denied: [...strings(entry['exclude_tools']), ...strings(entry['disallowed_tools'])],
    connectMs: milliseconds(name, entry, 'timeout') ?? DEFAULT_CONNECT_MS,
    ...(callMs === undefined ? {} : { callMs }),
    roots: entry['roots'] !== false,
    ...samplingOf(name, entry),
  };
  return transport === 'stdio' ? stdioOf(name, entry, common) : httpOf(name, entry, common, transport);
}

function named(servers: unknown): readonly (readonly [string, JsonMap])[] {
  if (Array.isArray(servers)) return servers.filter(isMap).map((entry, index) => [typeof entry['name'] === 'string' ? entry['name'] : refuse(`entry ${index + 1}`, 'has no name'), entry] as const);
  return isMap(servers) ? Object.entries(servers).map(([name, entry]) => [name, isMap(entry) ? entry : refuse(name, 'is no map of keys')] as const) : [];
}

/** The servers of a backend block, in its order, without those that are switched off (`enabled: false`). Throws `config-invalid` for one that cannot be. */
export function readMcpSettings(backend: Readonly<Record<string, unknown>>): readonly McpServerSettings[] {
  const entries = named(backend['mcp_servers']).filter(([, { enabled, disabled }]) => enabled !== false && disabled !== true);
  const seen = new Set<string>();
  return entries.map(([name, entry]) => {
    if (seen.has(name)) return refuse(name, 'is there twice; give each server a name of its own');
    seen.add(name);
    return readServer(name, entry);
  });
}
