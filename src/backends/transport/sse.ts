import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { MassgenError } from '../../errors.js';

const LONGEST_FRAME = 64 * 1024 * 1024;
const HEAD_CHARS = 300;
/** What a JSON string may not hold unescaped, and the escape itself. */
const SPECIAL = /["\\\u0000-\u001f]/u;

/**
 * Frames that are alike but for one piece of text in a JSON string: each begins with `lead`, ends with `tail`, and what stands
 * between is the piece. `lead` holds the field names of the event stream, up to `data`, the place where the payload begins.
 */
export interface RepeatedFrame {
  readonly lead: string;
  /** A quote, the rest of the payload, a blank line. */
  readonly tail: string;
  /** What stands between two pieces: tail and lead. */
  readonly between: string;
  readonly data: number;
}

/** Server-sent events from bytes, cut anywhere. */
export interface SseReader {
  /** The `data` of every event that these bytes complete. */
  take(bytes: Uint8Array): string[];
  /**
   * The same, one after the other as they are asked for, but frames that repeat as `repeated` says are given as one, whose text is the sum of theirs:
   * what their reader makes of them one by one must come to the same. Asked before each payload, so that the first ones can tell what the rest are.
   */
  takeJoined(bytes: Uint8Array, repeated: () => RepeatedFrame | undefined): Iterable<string>;
  /** What a body that ended without the last blank line still held: perhaps half a frame. */
  end(): string[];
  /** The first characters of the body, as long as no event has been read: for telling people what came instead. */
  head(): string;
}

/** As `startsWith`, in a fraction of its time. */
export const standsAt = (text: string, at: number, part: string): boolean => text.slice(at, at + part.length) === part;

/** Of a text so much is looked at for frames that repeat, at a time: one that is not alike ends the search, and the next begins behind it. */
const WINDOW = 16 * 1024;

/** All such frames from `at` on as the payload of one, and where they end; undefined when none stands there. A piece has no quotes, escapes or control characters. */
function joinRun(text: string, at: number, { lead, tail, between, data }: RepeatedFrame): { readonly payload: string; readonly end: number } | undefined {
  if (!standsAt(text, at, lead)) return undefined;
  const start = at + lead.length;
  const pieces = text.slice(start, start + WINDOW).split(between);
  const last = pieces.pop() ?? '';
  const close = last.indexOf(tail);
  if (close !== -1) pieces.push(last.slice(0, close));
  const broken = SPECIAL.test(pieces.join('')) ? pieces.findIndex((piece) => SPECIAL.test(piece)) : -1;
  const plain = broken === -1 ? pieces : pieces.slice(0, broken);
  if (plain.length === 0) return undefined;
  const joined = plain.join('');
  const isLast = close !== -1 && broken === -1;
  const end = start + joined.length + (plain.length - 1) * between.length + tail.length;
  return isLast || standsAt(text, end, lead) ? { payload: `${lead.slice(data)}${joined}${tail.slice(0, -2)}`, end } : undefined;
}

/** The payload of a block that is one line of data and nothing else, as nearly all are; undefined for any other. */
const payloadOf = (block: string): string | undefined => (standsAt(block, 0, 'data: ') && block.indexOf('\n') === block.length - 2 && block.endsWith('\n\n') && !block.includes('\r') ? block.slice(6, -2) : undefined);

/** What `next` gives, until it gives nothing. A generator would cost several times as much. */
const inTurn = (next: () => string | undefined): Iterable<string> => ({
  [Symbol.iterator]: () => ({
    next: () => {
      const value = next();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
  }),
});

const parserInto = (take: (data: string) => void): ReturnType<typeof createParser> =>
  createParser({
    maxBufferSize: LONGEST_FRAME,
    onEvent: ({ data }) => {
      take(data);
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw new MassgenError('backend-garbage', 'the reply holds a frame that does not end');
    },
  });

/** A reader for one body. Throws `backend-garbage` on a frame longer than 64 M characters. */
export function createSseReader(): SseReader {
  const decoder = new StringDecoder('utf8');
  let payloads: string[] = [];
  let head = '';
  let reading = false;
  let first = true;
  // What was fed so far ends with a blank line: nothing is left of it in the parser.
  let isBetween = false;
  const parser = parserInto((data) => {
    payloads.push(data);
  });

  function feed(text: string): string[] {
    if (text === '') return [];
    const payload = isBetween ? payloadOf(text) : undefined;
    if (payload !== undefined) {
      reading = true;
      return [payload];
    }
    if (!reading && head.length < HEAD_CHARS) head += text.slice(0, HEAD_CHARS);
    parser.feed(first && text.startsWith('\uFEFF') ? text.slice(1) : text);
    first = false;
    isBetween = text.endsWith('\n\n');
    const taken = payloads;
    if (taken.length > 0) {
      payloads = [];
      reading = true;
      // A part of a text keeps all of it in memory.
      head = '';
    }
    return taken;
  }

  function joined(text: string, repeated: () => RepeatedFrame | undefined): Iterable<string> {
    let at = 0;
    let fed: readonly string[] = [];
    let given = 0;
    return inTurn(() => {
      while (given >= fed.length && at < text.length) {
        const frame = isBetween ? repeated() : undefined;
        const run = frame === undefined ? undefined : joinRun(text, at, frame);
        if (run !== undefined) {
          at = run.end;
          return run.payload;
        }
        const blank = text.indexOf('\n\n', at);
        const end = blank === -1 ? text.length : blank + 2;
        fed = feed(text.slice(at, end));
        given = 0;
        at = end;
      }
      given += 1;
      return fed[given - 1];
    });
  }

  return {
    take: (bytes) => feed(decoder.write(bytes)),
    takeJoined: (bytes, repeated) => joined(decoder.write(bytes), repeated),
    end: () => feed(`${decoder.end()}\n\n`),
    head: () => (reading ? '' : head.trim()),
  };
}
