import type { AllowedHosts } from './public-address.js';
import { isMap, type JsonMap } from '../../json-map.js';

const PROVIDERS = ['tavily', 'brave', 'searxng'] as const;

/** Who is asked. */
export type SearchProvider = (typeof PROVIDERS)[number];

/** What the configuration says of the web. */
export interface WebSettings {
  readonly fetch: boolean;
  readonly search: boolean;
  readonly allowedHosts: AllowedHosts;
  /** `auto` takes the first whose key is there. */
  readonly provider: SearchProvider | 'auto';
  /** Instead of the provider's own address; needed for SearXNG. */
  readonly searchUrl?: string;
}

/** By the checked `web` block of an agent's backend, for an agent that has these tools; undefined for one that has neither. */
export function readWebSettings(backend: JsonMap, tools: { readonly fetch: boolean; readonly search: boolean }): WebSettings | undefined {
  if (!tools.fetch && !tools.search) return undefined;
  const block = isMap(backend['web']) ? backend['web'] : {};
  const { allowed_hosts: hosts, search_provider: named, search_url: url } = block;
  const provider = PROVIDERS.find((each) => each === named) ?? 'auto';
  return { ...tools, allowedHosts: Array.isArray(hosts) ? hosts.filter((host): host is string => typeof host === 'string') : [], provider, ...(typeof url === 'string' ? { searchUrl: url } : {}) };
}
