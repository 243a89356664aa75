import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** A longer line is nobody's question. */
const LONGEST = 20 * 1024 * 1024;

/** Lines of a stream, one at a time; LF and CR LF end one. The last may lack its end. */
export async function* linesOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    pending += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      yield line.replace(/\r$/u, '');
    }
    if (pending.length > LONGEST) return;
  }
  const rest = pending + decoder.end();
  if (rest !== '') yield rest;
}
