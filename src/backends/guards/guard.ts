import { createHash } from 'node:crypto';
import type { Backend } from '../contract.js';
import type { ResolvedBackend } from '../resolve.js';
import type { BackendConfig, BackendRow } from '../spec.js';
import { createCircuit, type Circuit } from './circuit.js';
import { createRateLimiter, type RateLimit, type RateLimiter } from './rate-limiter.js';
import { withCircuit } from './with-circuit.js';
import { withRateLimit } from './with-rate-limit.js';

/** What is remembered of providers: a circuit for each row, address and key, a limiter for each model and limit besides. */
export interface GuardRoom {
  readonly circuits: Map<string, Circuit>;
  readonly limiters: Map<string, RateLimiter>;
}

export const createGuardRoom = (): GuardRoom => ({ circuits: new Map(), limiters: new Map() });

const MOST_KEPT = 1000;

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make();
  if (map.size >= MOST_KEPT) map.clear();
  map.set(key, known);
  return known;
}

/** The backend behind the circuit and the limit that it shares with every other of the same row, address and key. */
export function guarded(backend: Backend, { row, endpoint }: ResolvedBackend, room: GuardRoom, now: () => number): Backend {
  if (row.offline) return backend;
  const key = [row.id, endpoint.baseUrl, createHash('sha256').update(endpoint.apiKey ?? '').digest('base64')].join(' ');
  const limit = limitOf(row, endpoint.config, endpoint.model);
  const limited = limit === undefined ? backend : withRateLimit(backend, kept(room.limiters, [key, endpoint.model, JSON.stringify(limit)].join(' '), () => createRateLimiter(limit)));
  return withCircuit(limited, kept(room.circuits, key, () => createCircuit()), now);
}

/** The configured limit, else with `enable_rate_limit` what the row says of the vendor's free tier. */
function limitOf({ freeLimits }: BackendRow, { rate_limit: own, enable_rate_limit: free }: BackendConfig, model: string): RateLimit | undefined {
  if (own !== undefined) {
    const { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute, concurrency } = own;
    return { ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }), ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }), ...(concurrency === undefined ? {} : { concurrency }) };
  }
  if (free !== true) return undefined;
  return freeLimits?.find(({ models }) => models === undefined || model.startsWith(models))?.limit;
}
