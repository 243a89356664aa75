import type { OpenAI } from 'openai';
import type { BackendRequest } from '../contract.js';
import type { Endpoint, FetchLike } from '../spec.js';
import { isObject, parseJson } from './json.js';

/** Sends one request and returns the response as soon as its headers are there; a refusal is thrown as the SDK's error. */
export type Send = (body: object, request: BackendRequest, signal: AbortSignal) => Promise<Response>;

/** A sender over one `openai` client, made at the first call and kept. The SDK does requests, headers and errors; the body is ours to read. */
export function createSender(endpoint: Endpoint, api: 'chat' | 'responses'): Send {
  let client: Promise<OpenAI> | undefined;
  return async (body, request, signal) => {
    client ??= createClient(endpoint);
    const openai = await client;
    const options = { signal, ...(request.idempotencyKey === undefined ? {} : { headers: { 'Idempotency-Key': request.idempotencyKey } }) };
    const sent = api === 'chat' ? openai.chat.completions.create(body as never, options) : openai.responses.create(body as never, options);
    return (sent as unknown as { asResponse(): Promise<Response> }).asResponse();
  };
}

async function createClient(endpoint: Endpoint): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    // The SDK looks into the environment for whatever is left out here, and that is not for every host.
    apiKey: endpoint.apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: { ...foreignHeaders(), ...(endpoint.apiKey === undefined ? { Authorization: null } : {}), ...endpoint.headers },
    fetch: withPlainErrors(endpoint.fetch),
    maxRetries: 0,
    logLevel: 'off',
  });
}

/** The SDK adds the headers of OPENAI_CUSTOM_HEADERS to every request, whoever it goes to: they are taken out again. */
function foreignHeaders(): Record<string, null> {
  const lines = (process.env['OPENAI_CUSTOM_HEADERS'] ?? '').split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), null]));
}

/**
 * Vendors put the reason of a refusal in many places (`error`, `message`, `detail`, an array, an HTML page), the SDK looks
 * in `error` only: this moves it there.
 */
function withPlainErrors(fetch: FetchLike): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.ok) return response;
    const error = reasonOf(await response.text());
    return new Response(JSON.stringify({ error }), { status: response.status, headers: response.headers });
  };
}

function reasonOf(text: string): unknown {
  const parsed = parseJson(text);
  const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isObject(body)) return { message: text.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ').trim() };
  const error = body['error'];
  if (isObject(error)) return error;
  return typeof error === 'string' ? { ...body, message: error } : body;
}
