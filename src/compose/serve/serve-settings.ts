import { readFile } from 'node:fs/promises';
import type { Environment } from '../../backends/resolve.js';
import { MassgenError } from '../../errors.js';
import { expandPath, type Places } from '../../orchestrator/config/places.js';
import type { Config } from '../../orchestrator/config/schema/root.js';
import type { ServerSettings } from '../../server/index.js';

type Reasoning = ServerSettings['reasoning'];

/** What somebody says of a server; what is left out the environment, the configuration or a default says. */
export interface ServeChoice {
  readonly host?: string;
  readonly port?: number;
  /** More ports to listen on; given without `port`, only these. */
  readonly completionPorts?: readonly number[];
  readonly completionConcurrency?: number;
  /** Ports that speak Anthropic's API and no other; given without `port`, only these and `completionPorts`. */
  readonly anthropicPorts?: readonly number[];
  readonly anthropicConcurrency?: number;
  /** Sessions that run at once on a port. */
  readonly concurrency?: number;
  readonly queueLimit?: number;
  readonly queueTimeoutSeconds?: number;
  readonly drainTimeoutSeconds?: number;
  readonly apiKey?: string | readonly string[];
  readonly apiKeyFile?: string;
  /** `true`: web pages of any origin may call. */
  readonly cors?: boolean | readonly string[];
  readonly docs?: boolean;
  /** Requests a minute for each key or address. */
  readonly rateLimit?: number;
  readonly reasoning?: Reasoning;
  readonly exposeAgentTools?: ServerSettings['exposeAgentTools'];
}

export interface ListenerPlan {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly concurrency: number;
  /** The one API that is spoken there; all of them without. */
  readonly only?: 'messages';
}

/** Everything decided. */
export interface ServePlan {
  readonly listeners: readonly ListenerPlan[];
  readonly queueLimit: number;
  readonly queueTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly keys: readonly string[];
  readonly cors: boolean | readonly string[];
  readonly docs: boolean;
  readonly rateLimit: number | undefined;
  readonly reasoning: Reasoning;
  readonly exposeAgentTools: ServerSettings['exposeAgentTools'];
}

const split = (text: string, by: RegExp): readonly string[] => text.split(by).map((part) => part.trim()).filter((part) => part !== '');

async function keysIn(file: string, places: Places): Promise<readonly string[]> {
  const text = await readFile(expandPath(file, places), 'utf8').catch((cause: unknown) => {
    throw new MassgenError('config-invalid', `the file of API keys ${file} cannot be read`, { cause });
  });
  const keys = text.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw new MassgenError('config-invalid', `the file of API keys ${file} holds none; write one key a line`);
  return keys;
}

/** Keys from the first place that says any. A place that says an empty one is an error: nobody means to leave the door open this way. */
async function readKeys(choice: ServeChoice, env: Environment, serve: Config['serve'], places: Places): Promise<readonly string[]> {
  const given = typeof choice.apiKey === 'string' ? [choice.apiKey] : (choice.apiKey ?? []);
  const fromFile = choice.apiKeyFile === undefined ? [] : await keysIn(choice.apiKeyFile, places);
  const variable = env['MASSGEN_SERVER_API_KEY'];
  const configured = [...(serve?.api_key === undefined ? [] : [serve.api_key]), ...(serve?.api_keys ?? []), ...(serve?.api_key_file === undefined ? [] : await keysIn(serve.api_key_file, places))];
  const keys = given.length + fromFile.length > 0 ? [...given, ...fromFile] : variable === undefined ? configured : split(variable, /[,\r\n]/u);
  if (keys.some((key) => key.trim() === '') || (variable !== undefined && keys.length === 0)) throw new MassgenError('config-invalid', 'an API key of the server is empty; give it a value or leave it out');
  return [...new Set(keys)];
}

function portOf(env: Environment): number | undefined {
  const text = env['MASSGEN_SERVER_PORT'];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new MassgenError('usage-invalid', `MASSGEN_SERVER_PORT must be a port from 0 to 65535, not ${JSON.stringify(text)}`);
  return port;
}

function reasoningOf(configured: boolean | string | undefined): Reasoning {
  if (configured === undefined || configured === true) return 'summary';
  if (configured === false) return 'off';
  if (configured === 'summary' || configured === 'full' || configured === 'off') return configured;
  throw new MassgenError('config-invalid', `serve.reasoning must be summary, full or off, not ${JSON.stringify(configured)}`);
}

const corsOf = (configured: boolean | string | readonly unknown[] | undefined): boolean | readonly string[] => {
  if (configured === undefined || typeof configured === 'boolean') return configured ?? false;
  return typeof configured === 'string' ? split(configured, /[\s,]/u) : configured.filter((each) => typeof each === 'string');
};

function listenersOf(choice: ServeChoice, env: Environment, serve: Config['serve']): readonly ListenerPlan[] {
  const host = [choice.host, env['MASSGEN_SERVER_HOST'], serve?.host].find((each) => each !== undefined && each !== '') ?? '0.0.0.0';
  const concurrency = choice.concurrency ?? serve?.max_concurrent ?? 4;
  const extra: readonly ListenerPlan[] = [
    ...(choice.completionPorts ?? []).map((port) => ({ host, port, concurrency: choice.completionConcurrency ?? concurrency })),
    ...(choice.anthropicPorts ?? []).map((port) => ({ host, port, concurrency: choice.anthropicConcurrency ?? concurrency, only: 'messages' as const })),
  ];
  const main = { host, port: choice.port ?? portOf(env) ?? serve?.port ?? 4000, concurrency };
  const all = choice.port === undefined && extra.length > 0 ? extra : [main, ...extra];
  const twice = all.find(({ port }, index) => port !== 0 && all.findIndex((other) => other.port === port) !== index);
  if (twice !== undefined) throw new MassgenError('usage-invalid', `port ${String(twice.port)} is named twice; --port, --openai-completions and --anthropic-completions each need ports of their own`);
  return all;
}

function limitsOf(choice: ServeChoice, serve: Config['serve']): Pick<ServePlan, 'queueLimit' | 'queueTimeoutMs' | 'drainTimeoutMs' | 'rateLimit'> {
  return {
    queueLimit: choice.queueLimit ?? serve?.max_queued ?? 100,
    queueTimeoutMs: (choice.queueTimeoutSeconds ?? serve?.queue_timeout_seconds ?? 300) * 1000,
    drainTimeoutMs: (choice.drainTimeoutSeconds ?? serve?.drain_timeout_seconds ?? 30) * 1000,
    rateLimit: choice.rateLimit ?? serve?.rate_limit,
  };
}

/** What the server is to be: a flag goes before the environment, that before the configuration, that before the default. */
export async function planServer(choice: ServeChoice, env: Environment, serve: Config['serve'], places: Places): Promise<ServePlan> {
  return {
    listeners: listenersOf(choice, env, serve),
    ...limitsOf(choice, serve),
    keys: await readKeys(choice, env, serve, places),
    cors: choice.cors ?? corsOf(serve?.cors),
    docs: choice.docs ?? serve?.docs ?? true,
    reasoning: choice.reasoning ?? reasoningOf(serve?.reasoning),
    exposeAgentTools: choice.exposeAgentTools ?? serve?.expose_agent_tools ?? 'stream',
  };
}
