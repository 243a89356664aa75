import type { Anthropic } from '@anthropic-ai/sdk';
import type { BackendRequest } from '../contract.js';
import type { Endpoint } from '../spec.js';
import { foreignHeaders, withPlainErrors } from './plain-errors.js';

/** Sends one request and returns the response as soon as its headers are there; a refusal is thrown as the SDK's error. */
export type SendMessages = (body: object, request: BackendRequest, signal: AbortSignal) => Promise<Response>;

/** A sender over one `@anthropic-ai/sdk` client, made at the first call and kept. The SDK does requests, headers and errors; the body is ours to read. */
export function createMessagesSender(endpoint: Endpoint): SendMessages {
  let client: Promise<Anthropic> | undefined;
  return async (body, request, signal) => {
    client ??= createClient(endpoint);
    const anthropic = await client;
    const headers = { 'content-type': 'application/json', ...(request.idempotencyKey === undefined ? {} : { 'Idempotency-Key': request.idempotencyKey }) };
    // Not `messages.create`: it writes to the console about models that will go one day.
    // Of an object the SDK would ask whether it is a `FormData`, for which Node loads all of its `fetch`.
    return anthropic.post('/v1/messages', { body: JSON.stringify(body), headers, signal, stream: true }).asResponse();
  };
}

async function createClient(endpoint: Endpoint): Promise<Anthropic> {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const { apiKey, config } = endpoint;
  const betas = config.betas ?? [];
  return new Anthropic({
    baseURL: endpoint.baseUrl.replace(/\/v1$/, ''),
    // Left out, the SDK would look for credentials in the environment and on disk, and those are not for every host.
    apiKey: apiKey ?? 'none',
    webhookKey: null,
    defaultHeaders: {
      ...foreignHeaders('ANTHROPIC_CUSTOM_HEADERS'),
      ...(apiKey === undefined ? { Authorization: null } : {}),
      // Servers that speak this dialect may know only the header of the API's first version.
      ...(apiKey === undefined || endpoint.ownHost ? {} : { 'x-api-key': apiKey }),
      ...(betas.length > 0 ? { 'anthropic-beta': betas.join(',') } : {}),
      ...endpoint.headers,
    },
    fetch: withPlainErrors(endpoint.fetch),
    maxRetries: 0,
    openTelemetry: false,
    logLevel: 'off',
  });
}
