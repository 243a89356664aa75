import { MassgenError } from '../errors.js';
import type { BackendConfig, BackendRow } from './spec.js';

export interface Address {
  readonly url: URL;
  /** From the row's own environment variable: who set it means the key beside it. */
  readonly trusted: boolean;
}

/** The base URL of a block: its own, else the row's variable, else the row's. Throws `config-invalid` for none, and for one that cannot be called. */
export function addressOf(row: BackendRow, config: BackendConfig, env: Readonly<Record<string, string | undefined>>, agent: string): Address {
  // `auto` is found when the server is first called.
  const written = row.local && config.base_url === 'auto' ? undefined : [config.base_url, config.azure_endpoint].find(Boolean);
  const fromEnv = row.addressEnv === undefined ? undefined : [env[row.addressEnv]?.trim()].find(Boolean);
  const given = written ?? fromEnv ?? ownAddress(row, config);
  const refuse = (what: string): never => {
    throw new MassgenError('config-invalid', `agent ${agent}: ${what}`);
  };
  if (!given) return refuse(`set ${row.addressEnv === undefined ? '' : `${row.addressEnv} or `}base_url for backend ${row.id}`);
  const url = callable(given, written === undefined && fromEnv !== undefined ? (row.addressEnv ?? '') : 'base_url', refuse);
  return { url, trusted: written === undefined && fromEnv !== undefined };
}

const ownAddress = ({ local, baseUrl }: BackendRow, { port }: BackendConfig): string | undefined =>
  local && port !== undefined ? baseUrl?.replace(/:\d+(?=\/)/, `:${String(port)}`) : baseUrl;

function callable(given: string, name: string, refuse: (what: string) => never): URL {
  if (!URL.canParse(given)) return refuse(`${name} is not a URL: ${given}`);
  const url = new URL(given);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(`${name} must begin with http:// or https://`);
  if (url.username || url.password) return refuse(`${name} holds a password; use api_key or extra_headers`);
  return url;
}
