import { setMaxListeners } from 'node:events';
import type { ErrorData } from '../errors.js';
import type { Backend, BackendEvent, BackendRequest } from './contract.js';
import { toFailure } from './failure.js';
import { resolveBackend, type Environment } from './resolve.js';
import { masked, secretsOf } from './secrets.js';
import type { BackendConfig, Endpoint, FetchLike, Line } from './spec.js';
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
  const endpoint: Endpoint = { ...resolved, fetch: deps.fetch ?? sharedFetch() };
  const line = wire(endpoint);
  const secrets = secretsOf(endpoint.apiKey, endpoint.headers);
  const clean = (error: ErrorData): ErrorData => ({ ...error, message: masked(error.message, secrets) });
  return {
    id: endpoint.id,
    model: endpoint.model,
    stream: (request, signal) => speak(line, request, signal, (thrown) => clean(toFailure(thrown, endpoint, Date.now())), clean),
    ...(line.complaint ? { complaint: (calls: number) => line.complaint?.(calls) } : {}),
  };
}

/** The contract, kept here for every wire: one terminal event, nothing thrown, an abort is a finish, leaving aborts the call. */
async function* speak(
  line: Line,
  request: BackendRequest,
  signal: AbortSignal,
  failure: (thrown: unknown) => ErrorData,
  clean: (error: ErrorData) => ErrorData,
): AsyncGenerator<BackendEvent> {
  // Its own signal: whatever listens to it goes with the call, and a run's signal keeps no listeners.
  const call = new AbortController();
  const abort = (): void => {
    call.abort();
  };
  let over = false;
  // A run's signal may have as many calls as it likes; node would warn of the eleventh.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    if (!call.signal.aborted) {
      for await (const batch of line.stream(request, call.signal)) {
        for (const event of batch) {
          over = event.type === 'finish' || event.type === 'error';
          yield event.type === 'error' ? ending(signal, clean(event.error)) : event;
          if (over) return;
        }
      }
    }
    over = true;
    yield ending(signal, { code: 'backend-truncated', message: 'the reply ended before it was complete' });
  } catch (thrown) {
    if (over) return;
    over = true;
    yield ending(signal, failure(thrown));
  } finally {
    signal.removeEventListener('abort', abort);
    if (!over) call.abort();
  }
}

const ending = (signal: AbortSignal, error: ErrorData): BackendEvent => (signal.aborted ? { type: 'finish', reason: 'aborted' } : { type: 'error', error });
