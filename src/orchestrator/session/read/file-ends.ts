import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Holds the beginning of most runs, and the final answer of most: more is read where it is needed. */
const WINDOW = 16 * 1024;
/** Nothing of a summary is worth reading more. */
const MOST = 64 * 1024 * 1024;
const LF = 0x0a;

/** One for all files: reading is synchronous, and ten thousand of these in a row are all that the collector would see. */
const shared = Buffer.allocUnsafeSlow(WINDOW);

/** The beginning and the end of a file of lines, without what is between. */
export interface FileEnds {
  /** The first line, and the second; undefined while it has no end. */
  readonly first: string | undefined;
  readonly second: string | undefined;
  /** Whether it begins with a text, or is a beginning of it. */
  readonly begins: (text: string) => boolean;
  /** Whole lines from the last backwards. */
  readonly backwards: () => Generator<string, void, undefined>;
  /** As they were before the file was read. */
  readonly mtimeMs: number;
  readonly size: number;
}

function fill(file: number, bytes: Buffer, position: number): Buffer {
  let read = 0;
  for (let more = 1; more > 0 && read < bytes.length; read += more) more = readSync(file, bytes, read, bytes.length - read, position + read);
  return bytes.subarray(0, read);
}

const readAt = (file: number, length: number, position: number): Buffer => fill(file, Buffer.allocUnsafe(length), position);

/** The two first lines; reads on while the second is longer than what was read. */
function heads(file: number, window: Buffer, size: number): readonly (string | undefined)[] {
  const end = window.indexOf(LF);
  if (end < 0) return [];
  let bytes = window;
  let next = bytes.indexOf(LF, end + 1);
  while (next < 0 && bytes.length < Math.min(size, MOST)) {
    bytes = readAt(file, Math.min(bytes.length * 8, size, MOST), 0);
    next = bytes.indexOf(LF, end + 1);
  }
  return [bytes.toString('utf8', 0, end), next < 0 ? undefined : bytes.toString('utf8', end + 1, next)];
}

function* linesBackwards(file: number, window: Buffer, size: number): Generator<string, void, undefined> {
  let from = size > window.length ? size - WINDOW : 0;
  let bytes = from === 0 ? window : readAt(file, WINDOW, from);
  let end = bytes.lastIndexOf(LF);
  while (end >= 0) {
    const start = end === 0 ? -1 : bytes.lastIndexOf(LF, end - 1);
    if (start < 0 && from > 0) {
      if (bytes.length >= MOST) return;
      const before = Math.max(0, size - Math.min(bytes.length * 8, MOST));
      bytes = readAt(file, size - before, before);
      end += from - before;
      from = before;
      continue;
    }
    yield bytes.toString('utf8', start + 1, end);
    end = start;
  }
}

/** Reads a file's ends and hands them to `use`, which must be done with them, and read no other file, before it returns. Throws what the file system throws, and `EINVAL` for what is no file. */
export function withFileEnds<Result>(file: string, use: (ends: FileEnds) => Result): Result {
  // Without NONBLOCK a pipe in the file's place would never open.
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw Object.assign(new Error(`${file} is not a file`), { code: 'EINVAL' });
    const { size, mtimeMs } = status;
    const window = fill(handle, shared.subarray(0, Math.min(WINDOW, size)), 0);
    const [first, second] = heads(handle, window, size);
    const begins = (text: string): boolean => text.startsWith(window.toString('latin1', 0, text.length));
    return use({ first, second, begins, backwards: () => linesBackwards(handle, window, size), mtimeMs, size });
  } finally {
    closeSync(handle);
  }
}
