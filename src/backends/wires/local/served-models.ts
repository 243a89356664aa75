import type { Endpoint } from '../../spec.js';
import { isObject, listOf, parseJson, stringOf } from '../json.js';

const PATIENCE_MS = 3000;

/** A model of a server on this machine. */
export interface ServedModel {
  readonly id: string;
  /** Undefined where the server does not say. */
  readonly loaded?: boolean;
}

/** The models of a server; `unlisted` when it answers and does not say, `down` when nobody answers. */
export type Served = readonly ServedModel[] | 'unlisted' | 'down';

async function served(endpoint: Endpoint, url: string, signal: AbortSignal): Promise<Served> {
  const headers = { accept: 'application/json', ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }), ...endpoint.headers };
  try {
    const response = await endpoint.fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
    const body = parseJson(await response.text());
    if (!response.ok || !isObject(body) || !Array.isArray(body['data'])) return 'unlisted';
    return listOf(body['data']).flatMap((model) => (isObject(model) && stringOf(model['id']) !== '' ? [{ id: stringOf(model['id']), ...(typeof model['state'] === 'string' ? { loaded: model['state'] === 'loaded' } : {}) }] : []));
  } catch {
    return 'down';
  }
}

/** What `GET {base_url}/models` lists. */
export const servedModels = (endpoint: Endpoint, baseUrl: string, signal: AbortSignal): Promise<Served> => served(endpoint, `${baseUrl}/models`, signal);

/** LM Studio's own list, which has what is downloaded and says what is loaded (https://lmstudio.ai/docs/developer/rest/endpoints, from 0.3.6 on), else the list of any server. */
export async function downloadedModels(endpoint: Endpoint, signal: AbortSignal): Promise<Served> {
  const own = await served(endpoint, `${endpoint.baseUrl.replace(/\/v1$/, '')}/api/v0/models`, signal);
  return own === 'unlisted' ? servedModels(endpoint, endpoint.baseUrl, signal) : own;
}

/** Publisher and quantisation may be left out of a name: `qwen/qwen3-4b@q4_k_m` is `Qwen3-4B`. */
const core = (name: string): string => name.toLowerCase().replace(/^.*\//, '').replace(/@.*$/, '');

/** The model of that name. */
export const modelNamed = (models: readonly ServedModel[], name: string): ServedModel | undefined => models.find(({ id }) => id === name) ?? models.find(({ id }) => core(id) === core(name));
