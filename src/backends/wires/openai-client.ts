import type { OpenAI } from 'openai';
import type { BackendRequest } from '../contract.js';
import type { Endpoint } from '../spec.js';
import { foreignHeaders, reasonOf } from './plain-errors.js';

/** Sends one request and returns the response as soon as its headers are there; a refusal is thrown as the SDK's error. */
export type Send = (body: object, request: BackendRequest, signal: AbortSignal) => Promise<Response>;

const PATHS = { chat: '/chat/completions', responses: '/responses' } as const;

/** What the SDK makes of an endpoint: it is the same for every request but for the body and one header. */
interface Template {
  readonly url: string;
  readonly headers: [string, string][];
  readonly refusal: (status: number, error: unknown, headers: Headers) => Error;
}

/**
 * A sender over one `openai` client, made at the first call. The SDK says where and with which headers, and what a refusal
 * is; it says so once, because for each request anew it costs as much as sending it. The body is ours to write and to read.
 */
export function createSender(endpoint: Endpoint, api: 'chat' | 'responses'): Send {
  let template: Promise<Template> | undefined;
  return async (body, request, signal) => {
    template ??= createTemplate(endpoint, PATHS[api]);
    const { url, headers, refusal } = await template;
    const key = request.idempotencyKey;
    const response = await endpoint.fetch(url, { method: 'POST', headers: key === undefined ? headers : [...headers, ['idempotency-key', key]], body: JSON.stringify(body), signal });
    if (response.ok) return response;
    throw refusal(response.status, reasonOf(await response.text()), response.headers);
  };
}

async function createTemplate(endpoint: Endpoint, path: string): Promise<Template> {
  const [client, { APIError }] = await Promise.all([createClient(endpoint), import('openai')]);
  // With a body the SDK would ask whether it is a `FormData`, for which Node loads all of its `fetch`.
  const { req, url } = await client.buildRequest({ method: 'post', path, headers: { 'content-type': 'application/json' }, stream: true });
  return { url, headers: Object.entries(Object.fromEntries(req.headers)), refusal: (status, error, headers) => APIError.generate(status, { error }, undefined, headers) };
}

async function createClient(endpoint: Endpoint): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    ...(endpoint.query === undefined ? {} : { defaultQuery: { ...endpoint.query } }),
    // The SDK looks into the environment for whatever is left out here, and that is not for every host.
    apiKey: endpoint.apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: Object.assign({}, foreignHeaders('OPENAI_CUSTOM_HEADERS'), endpoint.apiKey === undefined ? { Authorization: null } : undefined, endpoint.headers),
    maxRetries: 0,
    logLevel: 'off',
  });
}
