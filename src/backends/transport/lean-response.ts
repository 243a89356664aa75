import type { IncomingHttpHeaders } from 'node:http';
import { MassgenError } from '../../errors.js';
import type { Body } from './body.js';

const ERROR_BODY_LIMIT = 256 * 1024;
/** Of a reply that comes whole. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** What a server says before its body. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

const valueOf = (value: string | readonly string[] | undefined): string | null => (typeof value === 'string' ? value : (value?.join(', ') ?? null));

/** What readers of a successful response need of `Headers`. */
class LeanHeaders {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    return valueOf(this.#headers[name.toLowerCase()]);
  }

  *entries(): Generator<[string, string]> {
    for (const name of Object.keys(this.#headers)) yield [name, this.get(name) ?? ''];
  }
}

/** The bytes of a body, and no more than one piece beyond the limit. */
async function bytesOf(body: Body, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks);
}

/**
 * A successful response without web streams: `status`, `ok`, `url`, `headers.get`, `headers.entries`, `text`, `json`, and
 * `body` as an async iterable of bytes. Nothing else of `Response` is there.
 */
function leanResponse({ status, statusText, headers }: ResponseHead, url: string, body: Body): Response {
  const text = async (): Promise<string> => {
    const whole = await bytesOf(body, BODY_LIMIT);
    if (whole.length > BODY_LIMIT) throw new MassgenError('reply-too-large', `the reply is larger than ${String(BODY_LIMIT / 1024 / 1024)} MB`);
    return whole.toString('utf8');
  };
  const response = { ok: true, status, statusText, url, headers: new LeanHeaders(headers), body, text, json: async (): Promise<unknown> => JSON.parse(await text()) };
  return response as unknown as Response;
}

const WITHOUT_BODY = new Set([204, 205, 304]);

/** A status that a `Response` may have: servers may send any three digits. */
export const errorStatus = (given: number): number => (given >= 300 && given <= 599 ? given : 502);

/** An unsuccessful response, whole: a real `Response`, for error handling that knows those. */
async function errorResponse({ status: given, headers }: ResponseHead, body: Body): Promise<Response> {
  const status = errorStatus(given);
  const text = (await bytesOf(body, ERROR_BODY_LIMIT)).toString('utf8');
  const copied = new Headers();
  for (const [name, value] of new LeanHeaders(headers).entries()) copied.set(name, value);
  return new Response(WITHOUT_BODY.has(status) ? null : text, { status, headers: copied });
}

/** What was received, as whoever asked takes it. */
export const responseOf = (head: ResponseHead, url: string, body: Body): Response | Promise<Response> => (head.status < 300 ? leanResponse(head, url, body) : errorResponse(head, body));
