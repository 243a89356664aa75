import { MassgenError } from '../errors.js';
import { isLoopback } from './hosts.js';
import type { BackendConfig, BackendRow } from './spec.js';

export interface KeyQuestion {
  readonly config: BackendConfig;
  /** The row that owns the host, or the one that was named. */
  readonly row: BackendRow;
  readonly url: URL;
  readonly ownHost: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly agent: string;
}

export interface KeyAnswer {
  readonly apiKey?: string;
  readonly keyRemedy: string;
}

const VARIABLE = /^\$\{(\w+)\}$/;

/**
 * The key for one host. Written in the config (`api_key`, also as `${VAR}`) it goes where the config says; from the
 * environment it goes to its own vendor only, never in clear text, and never to this machine by accident.
 */
export function resolveKey(question: KeyQuestion): KeyAnswer {
  const { config, row, ownHost, env, agent } = question;
  if (config.api_key) return explicitKey(config.api_key, question);
  if (!ownHost || !isSafe(question)) return { keyRemedy: withoutKey(question) };
  const variable = row.keyEnvs.find((name) => env[name]?.trim());
  const key = variable === undefined ? undefined : env[variable];
  if (variable !== undefined && key !== undefined) return { apiKey: sendable(key, variable, agent), keyRemedy: `check ${variable}` };
  if (row.keyRequired) throw new MassgenError('key-missing', `set ${row.keyEnvs.join(' or ')} to use ${row.id} (agent ${agent})`);
  return { keyRemedy: withoutKey(question) };
}

function explicitKey(written: string, { row, env, agent }: KeyQuestion): KeyAnswer {
  const variable = VARIABLE.exec(written)?.[1];
  if (variable === undefined) return { apiKey: sendable(written, 'api_key', agent), keyRemedy: 'check api_key in the config' };
  const key = env[variable]?.trim();
  if (!key) throw new MassgenError('key-missing', `set ${variable} to use ${row.id} (api_key of agent ${agent})`);
  return { apiKey: sendable(key, variable, agent), keyRemedy: `check ${variable}` };
}

const isSafe = ({ url }: KeyQuestion): boolean => url.protocol === 'https:' || isLoopback(url.hostname);

function withoutKey({ row, ownHost, config }: KeyQuestion): string {
  const variable = row.keyEnvs[0] ?? (config.type === 'openai' ? 'OPENAI_API_KEY' : undefined);
  const why = variable === undefined ? '' : ownHost ? ` (${variable} is not sent over plain http)` : ` (${variable} is sent to its own vendor only)`;
  return `no key was sent: set api_key for this base_url${why}`;
}

/** A key goes into a header: a stray newline from a file is cut off, anything else unprintable is refused. */
function sendable(key: string, source: string, agent: string): string {
  const trimmed = key.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new MassgenError('key-missing', `${source} of agent ${agent} is not a key: it holds spaces or characters outside ASCII`);
  return trimmed;
}
