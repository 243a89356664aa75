import { MassgenError } from '../../../errors.js';
import type { Endpoint, Line, Wire } from '../../spec.js';
import { servedModels } from './served-models.js';

/** The model's name that means: the first that the server has. */
export const AUTO_MODEL = 'auto';

/**
 * Whichever server of these answers on this machine, asked in this order at the first call; a `base_url` or `port` of the
 * configuration is the only one asked. The model `auto` is the first one that it lists.
 */
export function anyServer(wire: Wire, baseUrls: readonly string[]): Wire {
  return (endpoint: Endpoint) => {
    const { base_url: given, port } = endpoint.config;
    const places = given === undefined && port === undefined ? baseUrls : [endpoint.baseUrl];
    let found: Line | undefined;
    const find = async (signal: AbortSignal): Promise<Line> => {
      for (const baseUrl of places) {
        const models = await servedModels(endpoint, baseUrl, signal);
        // Another program may listen there.
        if (typeof models === 'string') continue;
        const model = endpoint.model === AUTO_MODEL ? models[0]?.id : endpoint.model;
        if (model === undefined) throw new MassgenError('request-rejected', `${endpoint.label} at ${baseUrl} has no model loaded`);
        return wire({ ...endpoint, baseUrl, model });
      }
      throw new MassgenError('backend-unreachable', `no model server answers at ${places.join(' or ')} (agent ${endpoint.agent}); start vLLM or SGLang, or set base_url`);
    };
    return {
      async *stream(request, signal) {
        found ??= await find(signal);
        yield* found.stream(request, signal);
      },
    };
  };
}
