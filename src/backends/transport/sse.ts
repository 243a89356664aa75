import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { MassgenError } from '../../errors.js';

const LONGEST_FRAME = 64 * 1024 * 1024;
const HEAD_CHARS = 300;

/** Server-sent events from bytes, cut anywhere. */
export interface SseReader {
  /** The `data` of every event that these bytes complete. */
  take(bytes: Uint8Array): string[];
  /** What a body that ended without the last blank line still held: perhaps half a frame. */
  end(): string[];
  /** The first characters of the body, as long as no event has been read: for telling people what came instead. */
  head(): string;
}

/** A reader for one body. Throws `backend-garbage` on a frame longer than 64 M characters. */
export function createSseReader(): SseReader {
  const decoder = new StringDecoder('utf8');
  let payloads: string[] = [];
  let head = '';
  let reading = false;
  let first = true;
  const parser = createParser({
    maxBufferSize: LONGEST_FRAME,
    onEvent: ({ data }) => {
      payloads.push(data);
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw new MassgenError('backend-garbage', 'the reply holds a frame that does not end');
    },
  });

  function feed(text: string): string[] {
    if (text === '') return [];
    if (!reading && head.length < HEAD_CHARS) head += text.slice(0, HEAD_CHARS);
    parser.feed(first && text.startsWith('\uFEFF') ? text.slice(1) : text);
    first = false;
    const taken = payloads;
    if (taken.length > 0) {
      payloads = [];
      reading = true;
    }
    return taken;
  }

  return {
    take: (bytes) => feed(decoder.write(bytes)),
    end: () => feed(`${decoder.end()}\n\n`),
    head: () => (reading ? '' : head.trim()),
  };
}
