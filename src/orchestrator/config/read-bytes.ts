import { close, constants, fstatSync, open, read } from 'node:fs';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';

const openFile = promisify(open);
const closeFile = promisify(close);
const readFile = promisify(read);

const PIECE = 65_536;

/** The beginning of a stream: all of it, or at least `limit` bytes. */
export async function readStream(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks);
}

async function readPieces(file: number, limit: number): Promise<Buffer> {
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size < limit; ) {
      const { bytesRead, buffer } = await readFile(file, { buffer: Buffer.alloc(PIECE) });
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await closeFile(file);
  }
}

/**
 * The beginning of a file: all of it, or at least `limit` bytes, whatever it says of its size. Rejects with the system's error.
 * A pipe or a terminal is waited for as long as it takes, and never by a thread: a process cannot exit before a thread's call returns.
 */
export async function readBytes(name: string, limit: number): Promise<Buffer> {
  // Without it the opening of a pipe waits for somebody who writes. Windows has neither, and nothing to add here.
  const file = await openFile(name, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(file).isFIFO()) {
    const { Socket } = await import('node:net');
    return readStream(new Socket({ fd: file, readable: true, writable: false }), limit);
  }
  return isatty(file) ? readStream(new ReadStream(file), limit) : readPieces(file, limit);
}
