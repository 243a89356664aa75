import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { MassgenError } from '../../../errors.js';
import type { RunEvent } from '../../protocol.js';
import { createEventParser } from './parse-events.js';
import type { ProblemList } from './problem-list.js';
import { createLineSplitter } from './split-lines.js';

const CHUNK_BYTES = 256 * 1024;

/** Opens a regular file for reading: a pipe in its place would never end. */
export async function openFile(file: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new MassgenError('log-refused', `${file} is not a file`);
}

/**
 * The events of a file, as they are now, in batches; memory does not grow with the file. A torn last line is dropped; that and
 * every other flaw is added to `problems`. Throws `log-refused` for what is no event log of this version, and what the file system throws.
 */
export async function* readEvents(file: string, problems: ProblemList): AsyncGenerator<readonly RunEvent[], void, undefined> {
  const handle = await openFile(file);
  try {
    const lines = createLineSplitter();
    const parser = createEventParser(file, problems);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const events = parser.parse(lines.take(chunk.subarray(0, bytesRead)));
      if (events.length > 0) yield events;
    }
    if (lines.pending() > 0) problems.add(`the last line is torn (${String(lines.pending())} bytes without an end) and is dropped`);
    if (parser.header() === undefined) problems.add('events.jsonl holds nothing: the run ended before its first event');
  } finally {
    await handle.close();
  }
}
