import type { GenerateContentParameters, GoogleGenAI } from '@google/genai';
import type { BackendRequest } from '../contract.js';
import type { Endpoint, FetchLike } from '../spec.js';
import { reasonOf } from './plain-errors.js';

/** Sends one request and returns the response as soon as its headers are there; a refusal is thrown with status, headers and reason. */
export type SendContent = (parameters: GenerateContentParameters, request: BackendRequest, signal: AbortSignal) => Promise<Response>;

/** What the SDK's own error leaves out: the headers, and the reason as an object. */
class RefusedError extends Error {
  readonly status: number;
  readonly headers: Headers;
  readonly error: unknown;

  constructor(response: Response, error: unknown) {
    super(`status ${String(response.status)}`);
    this.status = response.status;
    this.headers = response.headers;
    this.error = error;
  }
}

/**
 * A sender over one `@google/genai` client, made at the first call and kept. The SDK builds request, headers and address;
 * its stream is made lazily and never read: the response is taken where it comes in, through the injected `fetch`.
 */
export function createContentSender(endpoint: Endpoint): SendContent {
  let client: Promise<GoogleGenAI> | undefined;
  return async (parameters, _request, signal) => {
    client ??= createClient(endpoint);
    const { models } = await client;
    let response: Response | undefined;
    const fetch: FetchLike = async (url, init) => {
      response = await refusing(endpoint)(url, init);
      return response;
    };
    const config = { ...parameters.config, abortSignal: signal, httpOptions: { ...parameters.config?.httpOptions, fetch } };
    await models.generateContentStream({ ...parameters, config });
    if (response === undefined) throw new Error('the request was not sent');
    return response;
  };
}

function refusing({ fetch, apiKey }: Endpoint): FetchLike {
  return async (url, init) => {
    const headers = new Headers(init?.headers);
    if (apiKey === undefined) headers.delete('x-goog-api-key');
    const response = await fetch(url, { ...init, headers });
    if (response.ok) return response;
    throw new RefusedError(response, reasonOf(await response.text()));
  };
}

async function createClient({ baseUrl, apiKey, headers }: Endpoint): Promise<GoogleGenAI> {
  const { GoogleGenAI } = await import('@google/genai');
  const version = /\/(v1(?:alpha|beta)?)$/.exec(baseUrl)?.[1];
  return new GoogleGenAI({
    // Left out, the SDK would look into the environment for a key and for another cloud to talk to.
    apiKey: apiKey ?? 'none',
    enterprise: false,
    ...(version === undefined ? {} : { apiVersion: version }),
    httpOptions: { baseUrl: version === undefined ? baseUrl : baseUrl.slice(0, -version.length - 1), headers: { ...headers } },
  });
}
