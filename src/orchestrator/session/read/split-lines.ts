import { isUtf8 } from 'node:buffer';

/** A longer line is skipped rather than held. */
const LONGEST_BYTES = 64 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Empty for a line that is too long; other bytes than UTF-8 are U+FFFD. */
  readonly text: string;
  readonly flaw?: 'not UTF-8' | 'too long';
}

export interface LineSplitter {
  /** The lines that end in this chunk. The chunk may be reused afterwards. */
  readonly take: (chunk: Buffer) => readonly Line[];
  /** Bytes of a line that has begun and not ended. */
  readonly pending: () => number;
}

const LF = 0x0a;

function* flawed(bytes: Buffer): Generator<readonly [text: string, flaw?: Line['flaw']]> {
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    yield isUtf8(line) ? [line.toString('utf8')] : [line.toString('utf8'), 'not UTF-8'];
    start = end + 1;
  }
}

/** Splits bytes at line feeds only: U+2028 and a lone carriage return are text. Holds at most one unfinished line. */
export function createLineSplitter(longest = LONGEST_BYTES): LineSplitter {
  let held: Buffer[] = [];
  let size = 0;
  let skipping = false;
  let number = 0;
  const hold = (rest: Buffer): void => {
    size += rest.length;
    if (skipping || size > longest) {
      skipping = true;
      held = [];
    } else if (rest.length > 0) held.push(Buffer.from(rest));
  };
  const whole = (ended: Buffer): Buffer => {
    const bytes = held.length === 0 ? ended : Buffer.concat([...held, ended]);
    held = [];
    size = 0;
    return bytes;
  };
  const take = (chunk: Buffer): readonly Line[] => {
    const lines: Line[] = [];
    let from = 0;
    if (skipping) {
      const end = chunk.indexOf(LF);
      if (end < 0) return lines;
      lines.push({ number: ++number, text: '', flaw: 'too long' });
      [skipping, size, from] = [false, 0, end + 1];
    }
    const last = chunk.lastIndexOf(LF);
    if (last >= from) {
      const bytes = whole(chunk.subarray(from, last));
      const texts = isUtf8(bytes) ? bytes.toString('utf8').split('\n').map((text): readonly [string, Line['flaw']?] => [text]) : flawed(bytes);
      for (const [text, flaw] of texts) lines.push({ number: ++number, text, ...(flaw === undefined ? {} : { flaw }) });
      from = last + 1;
    }
    hold(chunk.subarray(from));
    return lines;
  };
  return { take, pending: () => size };
}
