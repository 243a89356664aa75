import { StringDecoder } from 'node:string_decoder';

const END_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

export interface LineHandlers {
  readonly line: (text: string) => void;
  /** A line over the limit, of which only both ends have been kept. */
  readonly long: (head: string, tail: string, bytes: number) => void;
  /** A line that goes on and on. Nothing is read any more. */
  readonly endless: (bytes: number) => void;
}

/** Parts a stream of bytes into lines. It never holds more than `maxBytes` of one; beyond `endlessBytes` it gives up. */
export function createLineReader({ line, long, endless }: LineHandlers, maxBytes: number, endlessBytes: number): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  let head: Buffer | undefined;
  let tail: Buffer = NOTHING;
  let isOver = false;
  const hold = (bytes: Buffer): void => {
    if (isOver) return;
    size += bytes.length;
    if (size <= maxBytes) parts.push(bytes);
    else {
      head ??= Buffer.concat([...parts, bytes]).subarray(0, END_BYTES);
      tail = Buffer.concat([tail, parts.length > 0 ? (parts.at(-1) ?? tail) : tail, bytes]).subarray(-END_BYTES);
      parts = [];
    }
    if (size > endlessBytes) {
      isOver = true;
      endless(size);
    }
  };
  const flush = (): void => {
    if (isOver) return;
    const [whole, bytes, start, end] = [parts, size, head, tail];
    [parts, size, head, tail] = [[], 0, undefined, NOTHING];
    if (start === undefined) line(Buffer.concat(whole).toString('utf8'));
    else long(start.toString('latin1'), end.toString('latin1'), bytes);
  };
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      // Most lines lie in one chunk whole.
      if (size === 0 && at - from <= maxBytes) line(chunk.toString('utf8', from, at));
      else {
        hold(chunk.subarray(from, at));
        flush();
      }
      from = at + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  };
}

/** Lines of what a program complains of, each without its line feed; a long one comes in pieces. */
export function createTextLines(line: (text: string) => void, maxLength = 4000): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) line(each);
    if (rest.length > maxLength) {
      line(rest);
      rest = '';
    }
  };
}
