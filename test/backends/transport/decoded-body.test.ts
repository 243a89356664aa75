import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, createGzip, deflateSync, gzipSync, type Gzip } from 'node:zlib';
import { createLeanFetch } from '../../../src/backends/transport/lean-fetch.js';
import { closeServers, post, serve } from '../../support/backend-servers.js';
import { until } from '../../support/until.js';

afterEach(closeServers);

const TEXT = 'data: {"grüße":1}\n\n'.repeat(50);

const serveCoded = (coding: string, body: Uint8Array, status = 200): Promise<string> =>
  serve((_request, response) => {
    response.writeHead(status, { 'content-encoding': coding }).end(body);
  });

/** A server that says `one`, compressed, and goes on as it is told. */
const serveOne = (began: (response: ServerResponse, gzip: Gzip) => void = () => undefined): Promise<string> =>
  serve((_request, response) => {
    const gzip = createGzip();
    gzip.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
    gzip.write('one');
    gzip.flush();
    began(response, gzip);
  });

const ask = (url: string, init: RequestInit = {}): Promise<Response> => createLeanFetch()(url, post('{}', init));

const bodyOf = (response: Response): AsyncIterable<Uint8Array> => response.body as AsyncIterable<Uint8Array>;

/** Reads to the end, and does something after the first piece. */
async function firstOf(response: Response, then: () => void): Promise<void> {
  for await (const bytes of bodyOf(response)) {
    expect(Buffer.from(bytes).toString()).toBe('one');
    then();
  }
}

describe('a reply that is compressed though nobody asked', () => {
  it('is read, whichever way it was compressed', async () => {
    const coded = [['gzip', gzipSync(TEXT)], ['x-gzip', gzipSync(TEXT)], ['GZIP', gzipSync(TEXT)], ['deflate', deflateSync(TEXT)], ['br', brotliCompressSync(TEXT)], ['identity', Buffer.from(TEXT)]] as const;
    for (const [coding, body] of coded) expect([coding, await (await ask(await serveCoded(coding, body))).text()]).toEqual([coding, TEXT]);
  });

  it('is read in a refusal, too', async () => {
    const response = await ask(await serveCoded('gzip', gzipSync('{"error":"no"}'), 400));
    expect([response.status, await response.text()]).toEqual([400, '{"error":"no"}']);
    expect(await (await ask(await serveCoded('gzip', Buffer.alloc(0), 404))).text()).toBe('');
  });

  it('is given as it arrives', async () => {
    const begun: Gzip[] = [];
    const url = await serveOne((_response, gzip) => begun.push(gzip));
    const heard: string[] = [];
    for await (const bytes of bodyOf(await ask(url))) {
      heard.push(Buffer.from(bytes).toString());
      if (heard.length === 1) begun[0]?.end('two');
    }
    expect(heard).toEqual(['one', 'two']);
  });

  it('fails with zlib’s code when it is something else', async () => {
    const response = await ask(await serveCoded('gzip', Buffer.from('no gzip at all')));
    await expect(response.text()).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
  });

  it('is refused by name when nobody here can read it', async () => {
    await expect(ask(await serveCoded('zstd', Buffer.from('?')))).rejects.toMatchObject({ data: { code: 'backend-garbage', message: 'the reply is compressed as "zstd", which nobody asked for' } });
  });

  it('breaks off with its connection', async () => {
    const begun: ServerResponse[] = [];
    const response = await ask(await serveOne((each) => begun.push(each)));
    await expect(firstOf(response, () => begun[0]?.destroy())).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends its connection when it is left', async () => {
    let isClosed = false;
    const url = await serveOne((response) => response.on('close', () => (isClosed = true)));
    for await (const bytes of bodyOf(await ask(url))) {
      expect(Buffer.from(bytes).toString()).toBe('one');
      break;
    }
    await until(() => isClosed);
  });

  it('stops at once when aborted', async () => {
    const stop = new AbortController();
    const response = await ask(await serveOne(), { signal: stop.signal });
    await expect(firstOf(response, () => stop.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
