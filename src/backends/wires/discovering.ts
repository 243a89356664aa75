import { MassgenError } from '../../errors.js';
import type { Endpoint, Line, Wire } from '../spec.js';
import { canTalk, modelNames } from './model-names.js';

/** What a block says that leaves the choice to what answers. */
const OPEN = 'auto';

/**
 * The wire of a server on this machine, found when it is first called: with `base_url: auto` the first of these ports that
 * answers, with `model: auto` the first model it serves that can talk. A server that is not there yet is looked for again.
 */
export function discovering(wire: Wire, ports: readonly number[]): Wire {
  return (endpoint: Endpoint): Line => {
    if (endpoint.model !== OPEN && endpoint.config.base_url !== OPEN) return wire(endpoint);
    let found: Promise<Line> | undefined;
    return {
      async *stream(request, signal) {
        found ??= discover(endpoint, ports, signal).then(wire);
        try {
          await found;
        } catch (error) {
          found = undefined;
          throw error;
        }
        yield* (await found).stream(request, signal);
      },
    };
  };
}

async function discover(endpoint: Endpoint, ports: readonly number[], signal: AbortSignal): Promise<Endpoint> {
  const open = endpoint.config.base_url === OPEN && endpoint.config.port === undefined;
  const addresses = open ? ports.map((port) => endpoint.baseUrl.replace(/:\d+(?=\/)/, `:${String(port)}`)) : [endpoint.baseUrl];
  let failure: unknown;
  for (const baseUrl of addresses) {
    try {
      return { ...endpoint, baseUrl, model: await modelAt({ ...endpoint, baseUrl }, signal) };
    } catch (error) {
      if (signal.aborted) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

async function modelAt({ label, baseUrl, apiKey, headers, model, fetch }: Endpoint, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${baseUrl}/models`, { headers: { accept: 'application/json', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }), ...headers }, signal });
  if (!response.ok) throw new MassgenError('backend-unavailable', `${label} at ${baseUrl} does not list its models (${String(response.status)})`, { status: response.status });
  const served = modelNames(await response.json());
  if (model !== OPEN) return model;
  const first = served.find(canTalk);
  if (first === undefined) throw new MassgenError('request-rejected', `${label} at ${baseUrl} serves no model; load one, or set model`);
  return first;
}
