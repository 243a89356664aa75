import { closest } from 'fastest-levenshtein';
import { MassgenError } from '../errors.js';
import { CATALOG, rowOf } from './catalog.js';
import { isLoopback, isOfHosts } from './hosts.js';
import { addressOf } from './resolve-address.js';
import { resolveKey } from './resolve-key.js';
import type { BackendConfig, BackendRow, Endpoint, Environment, Wire } from './spec.js';

export type { Environment } from './spec.js';

/** A config joined with its row and the environment: everything but the means to call. */
export interface ResolvedBackend {
  readonly row: BackendRow;
  readonly wire: Wire;
  readonly endpoint: Omit<Endpoint, 'fetch'>;
}

/**
 * Which row, address, key and wire a `backend:` block means. A key from the environment goes to its own vendor's hosts
 * only, over HTTPS. Throws `config-invalid` or `key-missing`, naming the agent.
 */
export function resolveBackend(config: BackendConfig, env: Environment, agent: string): ResolvedBackend {
  const named = namedRow(config, agent);
  if (named.offline || named.ownModels) return addressless(named, config, env, agent);
  const { url, trusted } = addressOf(named, config, env, agent);
  const owner = CATALOG.find((row) => isOfHosts(url.hostname, row.hosts));
  const row = named.adoptsHost ? (owner ?? generic(named)) : named;
  // Who sets the address in the environment means the key beside it.
  const ownHost = row.local ? isLoopback(url.hostname) : isOfHosts(url.hostname, row.hosts) || trusted;
  const key = resolveKey({ config, row, url, ownHost, env, agent });
  const endpoint = {
    id: row.id,
    label: row.id === 'chatcompletion' ? url.host : row.label,
    agent,
    model: modelOf(row, config, agent),
    baseUrl: url.href.replace(/\/+$/, ''),
    ...key,
    ownHost,
    headers: headersOf(config, row, ownHost, env),
    ...versionOf(row, config, env),
    config,
    env,
  };
  return { row, wire: wireOf(named, row, config), endpoint };
}

function namedRow({ type }: BackendConfig, agent: string): BackendRow {
  const row = rowOf(type);
  if (row) return row;
  const known = CATALOG.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);
  throw new MassgenError('config-invalid', `agent ${agent}: unknown backend type "${type}"; did you mean "${closest(type, known)}"?`);
}

/** What `openai` or `chatcompletion` means at an address that is nobody's we know. */
function generic(named: BackendRow): BackendRow {
  return rowOf('chatcompletion') ?? named;
}

function wireOf(named: BackendRow, row: BackendRow, { api }: BackendConfig): Wire {
  if (named !== row && row.compatibleWire) return row.compatibleWire;
  const wanted = api ?? (named.id === 'chatcompletion' ? 'chat' : undefined);
  if (wanted === undefined) return row.wire;
  if (row.otherWire?.api === wanted) return row.otherWire.wire;
  if (row.otherWire === undefined && row.compatibleWire === undefined && row.apiVersion === undefined && wanted === 'responses') return rowOf('chatcompletion')?.otherWire?.wire ?? row.wire;
  return row.wire;
}

function modelOf(row: BackendRow, config: BackendConfig, agent: string): string {
  const model = config.deployment_name ?? config.model ?? row.defaultModel;
  if (!model) throw new MassgenError('config-invalid', `agent ${agent}: set model; backend ${row.id} has no default`);
  return model;
}

function versionOf({ apiVersion }: BackendRow, config: BackendConfig, env: Environment): Pick<Endpoint, 'apiVersion'> {
  if (apiVersion === undefined) return {};
  return { apiVersion: [config.api_version, env[apiVersion.env]?.trim()].find(Boolean) ?? apiVersion.usual };
}

/** Organization and project name the account at OpenAI: nobody else is told. */
function headersOf({ organization, extra_headers }: BackendConfig, row: BackendRow, ownHost: boolean, env: Environment): Record<string, string> {
  const atOpenai = row.id === 'openai' && ownHost;
  const account = { 'OpenAI-Organization': organization ?? env['OPENAI_ORG_ID'], 'OpenAI-Project': env['OPENAI_PROJECT_ID'] };
  const named = atOpenai ? Object.entries(account).filter((entry): entry is [string, string] => Boolean(entry[1])) : [];
  const extra = Object.entries(extra_headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  return Object.fromEntries([...named, ...extra]);
}

function addressless(row: BackendRow, config: BackendConfig, env: Environment, agent: string): ResolvedBackend {
  const named = row.ownModels ? ownModels([config.agent_config, config.group_config]) : '';
  const endpoint = { id: row.id, label: row.label, agent, model: named || modelOf(row, config, agent), baseUrl: '', keyRemedy: '', ownHost: true, headers: {}, config, env };
  return { row, wire: row.wire, endpoint };
}

/** The models that such a configuration names anywhere, each once. */
function ownModels(value: unknown): string {
  const found = new Set<string>();
  JSON.stringify(value, (key, child: unknown) => {
    if (key === 'model' && typeof child === 'string') found.add(child);
    return child;
  });
  return [...found].join(', ');
}
