import { closeSync, openSync, writeSync } from 'node:fs';
import { flushSoon } from './flush-files.js';

/** An events.jsonl that is being written. */
export interface EventFile {
  /** One synchronous write: it goes to the page cache, survives the death of this process, and costs a fifth of the CPU of a write through the thread pool. */
  readonly write: (text: string) => void;
  /** Has what was written so far put on the disk, in the background, one flush at a time. */
  readonly flush: () => void;
  /** Closes the file when the last flush is done. */
  readonly close: () => void;
}

/** Begins a file that is not there yet. Throws when it is. */
export function beginEventFile(name: string): EventFile {
  const file = openSync(name, 'ax');
  let flushing = false;
  let again = false;
  let closing = false;
  const ended = (): void => {
    flushing = false;
    if (again) flush();
    else if (closing) closeSync(file);
  };
  const flush = (): void => {
    again = flushing;
    if (flushing) return;
    flushing = true;
    flushSoon(file, ended);
  };
  return {
    write: (text) => {
      const first = writeSync(file, text);
      if (first === Buffer.byteLength(text)) return;
      const bytes = Buffer.from(text);
      for (let written = first; written < bytes.length; ) written += writeSync(file, bytes, written);
    },
    flush,
    close: () => {
      if (flushing) closing = true;
      else closeSync(file);
    },
  };
}
