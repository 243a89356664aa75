import type { ErrorData } from '../errors.js';
import type { Backend } from './contract.js';
import { toFailure } from './failure.js';
import { resolveBackend, type Environment } from './resolve.js';
import { masked, secretsOf } from './secrets.js';
import type { BackendConfig, Endpoint, FetchLike, Line } from './spec.js';
import { speak } from './speak.js';
import { createLeanFetch } from './transport/lean-fetch.js';

export interface BackendDeps {
  readonly env: Environment;
  readonly fetch?: FetchLike;
  /** The agent the backend is for, for messages to people. */
  readonly agent?: string;
}

let shared: FetchLike | undefined;

/** One pool of connections serves all backends of the process. */
function sharedFetch(): FetchLike {
  shared ??= createLeanFetch();
  return shared;
}

/**
 * The backend that a `backend:` block means. Throws a MassgenError for a block that cannot work (unknown type, missing key,
 * model or base URL); a call itself never throws. No connection is made here.
 */
export function createBackend(config: BackendConfig, deps: BackendDeps): Backend {
  const { wire, endpoint: resolved } = resolveBackend(config, deps.env, deps.agent ?? config.type);
  const endpoint: Endpoint = { fetch: deps.fetch ?? sharedFetch(), ...resolved };
  const line = wire(endpoint);
  // Of a foreign fetch nobody knows what it leaves on a signal.
  const spoken: Line = deps.fetch === undefined ? line : { stream: (request, signal) => line.stream(request, signal) };
  const secrets = secretsOf(endpoint.apiKey, endpoint.headers);
  const clean = (error: ErrorData): ErrorData => ({ ...error, message: masked(error.message, secrets) });
  return {
    id: endpoint.id,
    model: endpoint.model,
    stream: (request, signal) => speak(spoken, request, signal, { failure: (thrown) => clean(toFailure(thrown, endpoint, Date.now())), clean }),
    ...(line.complaint ? { complaint: (calls: number) => line.complaint?.(calls) } : {}),
  };
}
