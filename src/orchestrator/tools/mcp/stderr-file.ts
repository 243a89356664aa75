import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import { resultText } from '../plain-text.js';
import { createTextLines } from './line-reader.js';

const MAX_FILE_CHARACTERS = 5_000_000;
const TAIL_CHARACTERS = 500;

/** What a server says beside the protocol: in a file, up to a few megabytes, and its last words at hand. */
export interface ServerComplaints {
  readonly read: (chunk: Buffer) => void;
  readonly say: (line: string) => void;
  readonly tail: () => string;
  readonly close: () => void;
}

/** The file is made with the first line; a file that cannot be written costs itself only. */
export function openComplaints(file: string | null, mask: (text: string) => string): ServerComplaints {
  let stream: WriteStream | undefined;
  let written = 0;
  let tail = '';
  const open = (at: string): WriteStream => {
    mkdirSync(path.dirname(at), { recursive: true });
    return createWriteStream(at, { flags: 'a', mode: 0o600 }).on('error', () => undefined);
  };
  const write = (text: string): void => {
    if (file === null || written > MAX_FILE_CHARACTERS) return;
    written += text.length;
    try {
      stream ??= open(file);
      stream.write(written > MAX_FILE_CHARACTERS ? `${text}… and so on\n` : text);
    } catch {
      written = Infinity;
    }
  };
  const say = (line: string): void => {
    const safe = mask(line);
    tail = `${tail}${safe}\n`.slice(-TAIL_CHARACTERS);
    write(`${safe}\n`);
  };
  return {
    read: createTextLines(say),
    say,
    tail: () => resultText(tail).trim(),
    close: () => {
      stream?.end();
      written = Infinity;
    },
  };
}
