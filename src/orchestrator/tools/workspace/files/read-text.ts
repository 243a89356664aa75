import type { FileHandle } from 'node:fs/promises';
import { withFile } from '../paths/confined.js';
import { linkCount, type FileSpace } from './file-space.js';

const LINE = 0x0a;

async function bytesFrom(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** The text in the bytes; throws for what is no text. `cut` says that characters at the ends may be incomplete. */
function decode(bytes: Buffer, shown: string, cut = false): string {
  const encoding = encodingOf(bytes);
  const isBinary = encoding === 'utf-8' && bytes.includes(0);
  try {
    if (!isBinary) return new TextDecoder(encoding, { fatal: !cut }).decode(bytes);
  } catch {
    // Below it is said what it is.
  }
  throw new Error(`${shown} is no text but a binary file; pictures can be seen with read_media_file`);
}

/** What is asked of a long file: its first or last lines. */
export interface Lines {
  readonly head?: number | undefined;
  readonly tail?: number | undefined;
}

function cutLines(whole: string, { head, tail }: Lines): string {
  if (tail !== undefined && tail > 0) return whole.replaceAll('\r\n', '\n').split('\n').slice(-tail).join('\n');
  if (head === undefined || head === 0) return whole;
  const lines = whole.split('\n');
  return (lines.at(-1) === '' ? lines.slice(0, -1) : lines).slice(0, head).join('\n');
}

/** A text file of the agent's. Throws for one that is too large, binary or not the agent's to read. */
export async function readText(space: FileSpace, shown: string, delivering: boolean, lines: Lines = {}): Promise<string> {
  if ((lines.head ?? 0) > 0 && (lines.tail ?? 0) > 0) throw new Error('Cannot specify both head and tail parameters simultaneously');
  const { path } = await space.policy.place(shown, 'read', delivering);
  const most = space.limits.readBytes;
  const content = await withFile(path, shown, linkCount(space, path, 'read'), async ({ handle, stats: { size } }) => {
    // What is no ordinary storage says 0 and has more.
    if (size === 0) return decode(await bytesFrom(handle, 0, most), shown);
    if (size <= most) return cutLines(decode(await bytesFrom(handle, 0, size), shown), lines);
    if ((lines.tail ?? 0) > 0) {
      const bytes = await bytesFrom(handle, size - most, most);
      return cutLines(decode(bytes.subarray(bytes.indexOf(LINE) + 1), shown, true), lines);
    }
    if ((lines.head ?? 0) > 0) return cutLines(decode(await bytesFrom(handle, 0, most), shown, true), lines);
    throw new Error(`${shown} has ${size} bytes, more than the ${most} that are read at once: ask for its first lines with "head" or its last with "tail"`);
  });
  space.known.add(path);
  return content;
}

/** Any file of the agent's, whole. */
export async function readBytes(space: FileSpace, shown: string, delivering: boolean, most: number): Promise<Buffer> {
  const { path } = await space.policy.place(shown, 'read', delivering);
  const content = await withFile(path, shown, linkCount(space, path, 'read'), async ({ handle, stats: { size } }) => {
    if (size > most) throw new Error(`${shown} has ${size} bytes, more than ${most}`);
    return await bytesFrom(handle, 0, size);
  });
  space.known.add(path);
  return content;
}
