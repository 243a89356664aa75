import type { FetchLike } from '../spec.js';
import { isObject, parseJson } from './json.js';

/** SDKs add the headers of an environment variable (`Name: value` lines) to every request, whoever it goes to: as nulls, which take them out again. */
export function foreignHeaders(variable: string): Record<string, null> {
  const lines = (process.env[variable] ?? '').split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), null]));
}

/**
 * Vendors put the reason of a refusal in many places (`error`, `message`, `detail`, an array, an HTML page), the SDKs look
 * in `error` only: this moves it there.
 */
export function withPlainErrors(fetch: FetchLike): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.ok) return response;
    const error = reasonOf(await response.text());
    return new Response(JSON.stringify({ error }), { status: response.status, headers: response.headers });
  };
}

/** The object that says why, out of an unsuccessful body. */
export function reasonOf(text: string): unknown {
  const parsed = parseJson(text);
  const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isObject(body)) return { message: text.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ').trim() };
  const error = body['error'];
  if (isObject(error)) return error;
  return typeof error === 'string' ? { ...body, message: error } : body;
}
