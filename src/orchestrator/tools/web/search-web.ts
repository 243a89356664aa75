import type { SearchProvider } from './settings.js';

export interface FoundPage {
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

interface Provider {
  /** Undefined where no key is needed. */
  readonly keyVariable?: string;
  readonly url?: string;
  readonly request: (url: string, key: string, query: string, count: number) => { readonly url: string; readonly init: RequestInit };
  readonly read: (body: unknown) => readonly unknown[];
}

const at = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined);
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const query = (url: string, more: Readonly<Record<string, string>>): string => {
  const full = new URL(url);
  for (const [name, value] of Object.entries(more)) full.searchParams.set(name, value);
  return full.href;
};

/** Requests and replies as the providers document them: docs.tavily.com, api-dashboard.search.brave.com, docs.searxng.org. */
export const searchProviders: Readonly<Record<SearchProvider, Provider>> = {
  tavily: {
    keyVariable: 'TAVILY_API_KEY',
    url: 'https://api.tavily.com/search',
    request: (url, key, text, count) => ({ url, init: { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ query: text, max_results: count }) } }),
    read: (body) => items(at(body, 'results')),
  },
  brave: {
    keyVariable: 'BRAVE_API_KEY',
    url: 'https://api.search.brave.com/res/v1/web/search',
    request: (url, key, text, count) => ({ url: query(url, { q: text, count: String(count) }), init: { headers: { accept: 'application/json', 'x-subscription-token': key } } }),
    read: (body) => items(at(at(body, 'web'), 'results')),
  },
  searxng: {
    request: (url, _key, text) => ({ url: query(url, { q: text, format: 'json' }), init: { headers: { accept: 'application/json' } } }),
    read: (body) => items(at(body, 'results')),
  },
};

const textAt = (value: unknown, ...keys: readonly string[]): string => keys.map((key) => at(value, key)).find((each) => typeof each === 'string') ?? '';

/** Searches the web; throws with what the provider says when it refuses. */
export async function searchWeb(provider: SearchProvider, { url, key, fetch }: { readonly url: string; readonly key: string; readonly fetch: typeof globalThis.fetch }, text: string, count: number, signal: AbortSignal): Promise<readonly FoundPage[]> {
  const { request, read } = searchProviders[provider];
  const { url: full, init } = request(url, key, text, count);
  const response = await fetch(full, { ...init, signal, redirect: 'error' });
  if (!response.ok) throw new Error(`${provider} refused the search: HTTP ${String(response.status)} ${(await response.text()).slice(0, 200)}`.replaceAll(key === '' ? '\0' : key, '***'));
  const body: unknown = await response.json().catch(() => {
    throw new Error(`${provider} did not answer in JSON${provider === 'searxng' ? '; add json to search.formats in its settings' : ''}`);
  });
  const found = read(body);
  return found.slice(0, count).map((each) => ({ title: textAt(each, 'title'), url: textAt(each, 'url'), text: textAt(each, 'content', 'description', 'snippet') }));
}
