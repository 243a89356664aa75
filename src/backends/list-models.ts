import { MassgenError } from '../errors.js';
import { toFailure } from './failure.js';
import { httpFailure } from './http-failure.js';
import { resolveBackend, type Environment } from './resolve.js';
import { masked, secretsOf } from './secrets.js';
import type { BackendConfig, Endpoint, FetchLike } from './spec.js';
import { createLeanFetch } from './transport/lean-fetch.js';
import { modelNames } from './wires/model-names.js';
import { reasonOf } from './wires/plain-errors.js';

const PATIENCE_MS = 15_000;

interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Azure lists deployments only in old versions of its API (https://learn.microsoft.com/rest/api/azureopenai/deployments). */
const DEPLOYMENTS = '2023-03-15-preview';

type Asked = Omit<Endpoint, 'fetch'>;

const bearer = ({ apiKey }: Asked): Readonly<Record<string, string>> => (apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` });
const keyed = ({ apiKey }: Asked, name: string): Readonly<Record<string, string>> => (apiKey === undefined ? {} : { [name]: apiKey });

/** Where each dialect keeps its list. */
function questionFor(endpoint: Asked): Question {
  const { id, baseUrl } = endpoint;
  if (id === 'claude') return { url: `${baseUrl.replace(/\/v1$/, '')}/v1/models?limit=1000`, headers: { 'anthropic-version': '2023-06-01', ...keyed(endpoint, 'x-api-key') } };
  if (id === 'gemini') return { url: `${baseUrl.replace(/\/v1\w*$/, '')}/v1beta/models?pageSize=1000`, headers: keyed(endpoint, 'x-goog-api-key') };
  if (id !== 'azure_openai') return { url: `${baseUrl}/models`, headers: bearer(endpoint) };
  const root = baseUrl.replace(/\/openai(?:\/.*)?$/, '');
  return { url: `${root}/openai/deployments?api-version=${DEPLOYMENTS}`, headers: keyed(endpoint, 'api-key') };
}

/** The models that a provider lists itself, sorted; Azure's deployments. Throws a MassgenError when it cannot be asked. */
export async function listModels(config: BackendConfig, env: Environment, fetch: FetchLike = createLeanFetch()): Promise<readonly string[]> {
  const { endpoint, row } = resolveBackend({ model: 'any', ...config }, env, config.type);
  if (row.offline || row.program) return row.models;
  const { url, headers } = questionFor(endpoint);
  const secrets = secretsOf(endpoint.apiKey, endpoint.headers);
  const fail = (data: ReturnType<typeof toFailure>): never => {
    throw new MassgenError(data.code, masked(data.message, secrets), { ...(data.status === undefined ? {} : { status: data.status }) });
  };
  try {
    const response = await fetch(url, { headers: { accept: 'application/json', ...headers, ...endpoint.headers }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) return [...new Set(modelNames(await response.json()))].sort();
    const header = (name: string): string | null => response.headers.get(name);
    return fail(httpFailure({ status: response.status, header, error: reasonOf(await response.text()), now: Date.now() }, { ...endpoint, model: 'the list of models' }));
  } catch (thrown) {
    return fail(toFailure(thrown, endpoint, Date.now()));
  }
}
