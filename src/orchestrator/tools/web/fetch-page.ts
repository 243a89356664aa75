import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { AddressRefused, checkUrl, publicLookup, type AllowedHosts } from './public-address.js';

const MAX_REDIRECTS = 5;
const MAX_BYTES = 5_000_000;

/** A page as it came. */
export interface FetchedPage {
  /** Where redirects led. */
  readonly url: string;
  readonly status: number;
  /** Without parameters, lower case. */
  readonly mediaType: string;
  readonly text: string;
  /** There was more than is read. */
  readonly isCut: boolean;
}

function request(url: URL, allowed: AllowedHosts, signal: AbortSignal): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http;
    const headers = { 'user-agent': 'Mozilla/5.0 (compatible; massgen)', accept: 'text/html,text/*;q=0.9,application/json;q=0.9,*/*;q=0.1', 'accept-encoding': 'gzip, deflate, br' };
    // No agent: a kept connection would not be looked up again.
    get(url, { agent: false, lookup: publicLookup(allowed), signal, headers, maxHeaderSize: 65_536 }, resolve).on('error', reject);
  });
}

function decoded(response: http.IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.toLowerCase() ?? '';
  const broken = (stream: Readable): Readable => {
    response.on('error', (error) => stream.destroy(error));
    return stream;
  };
  if (encoding === 'br') return broken(response.pipe(createBrotliDecompress()));
  return encoding === '' || encoding === 'identity' ? response : broken(response.pipe(createUnzip()));
}

async function readBody(response: http.IncomingMessage): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Counted after decompression: a small body may unfold to any size.
    for await (const chunk of decoded(response) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_BYTES) return { bytes: Buffer.concat(chunks).subarray(0, MAX_BYTES), isCut: true };
    }
    return { bytes: Buffer.concat(chunks), isCut: false };
  } finally {
    response.destroy();
  }
}

function decodeText(bytes: Buffer, contentType: string): string {
  const named = /charset="?([\w:.-]+)/iu.exec(contentType)?.[1] ?? /<meta[^>]+charset=["']?([\w:.-]+)/iu.exec(bytes.subarray(0, 2048).toString('latin1'))?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

const isText = (mediaType: string): boolean => /^text\/|[/+](?:json|xml|yaml|javascript|x-ndjson)$|^application\/(?:ecmascript|toml|x-sh)$/u.test(mediaType) || mediaType === '';

/**
 * Gets a page from the public internet. Each name is looked up once and connected to as it was found; redirects are judged
 * like the first address. Throws AddressRefused for what is not fetched, and the network's own errors.
 */
export async function fetchPage(text: string, allowed: AllowedHosts, signal: AbortSignal): Promise<FetchedPage> {
  let url = checkUrl(text, allowed);
  for (let redirects = 0; ; redirects += 1) {
    const response = await request(url, allowed, signal);
    const { statusCode: status = 0, headers } = response;
    if (status >= 300 && status < 400 && headers.location !== undefined) {
      response.destroy();
      if (redirects >= MAX_REDIRECTS) throw new AddressRefused(`${text.slice(0, 200)} redirects more than ${String(MAX_REDIRECTS)} times`);
      url = checkUrl(URL.canParse(headers.location, url.href) ? new URL(headers.location, url).href : headers.location, allowed);
      continue;
    }
    const contentType = headers['content-type'] ?? '';
    const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
    if (!isText(mediaType)) {
      response.destroy();
      throw new AddressRefused(`${url.href} is no text but ${mediaType}`);
    }
    const { bytes, isCut } = await readBody(response);
    return { url: url.href, status, mediaType, text: decodeText(bytes, contentType), isCut };
  }
}
