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

/** Control characters that no text has: one is enough to tell old text from bytes of something else. */
const CONTROLS = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;

/** 0x80 to 0x9f in Windows-1252, which the decoder of Node 20 takes for Latin-1. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Text from before UTF-8, as Western Windows wrote it; undefined for what is no text. */
function oldText(bytes: Buffer): string | undefined {
  const text = bytes.toString('latin1');
  return CONTROLS.test(text) ? undefined : text.replace(/[\u0080-\u009f]/g, (each) => WINDOWS.charAt(each.charCodeAt(0) - 0x80));
}

type Purpose = 'read' | 'edit';

/** The text in the bytes; throws for what is no text. `cut` says that characters at the ends may be incomplete. What is edited is as it would be written again. */
function decode(bytes: Buffer, shown: string, purpose: Purpose, cut = false): string {
  const encoding = encodingOf(bytes);
  const isEdited = purpose === 'edit';
  const other = isEdited && encoding !== 'utf-8' ? encoding : undefined;
  const isBinary = encoding === 'utf-8' && bytes.includes(0);
  try {
    if (!isBinary && other === undefined) return new TextDecoder(encoding, { fatal: !cut, ignoreBOM: isEdited }).decode(bytes);
  } catch {
    // Below it is found out what it is.
  }
  const text = isBinary ? undefined : oldText(bytes);
  if (other !== undefined || (isEdited && text !== undefined)) throw new Error(`${shown} is not in UTF-8, and an edit would change more than you ask for: read it, and write it whole with write_file`);
  if (text !== undefined) return text;
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

/** A text file of the agent's. Throws for one that is too large, binary or not the agent's to read, to edit also for one that is not in UTF-8. */
export async function readText(space: FileSpace, shown: string, delivering: boolean, lines: Lines = {}, purpose: Purpose = 'read'): Promise<string> {
  if ((lines.head ?? 0) > 0 && (lines.tail ?? 0) > 0) throw new Error('Cannot specify both head and tail parameters simultaneously');
  const { path } = await space.policy.place(shown, 'read', delivering);
  const most = space.limits.readBytes;
  const content = await withFile(path, shown, linkCount(space, path, 'read'), async ({ handle, stats: { size } }) => {
    // What is no ordinary storage says 0 and has more.
    if (size === 0) return decode(await bytesFrom(handle, 0, most), shown, purpose);
    if (size <= most) return cutLines(decode(await bytesFrom(handle, 0, size), shown, purpose), lines);
    if ((lines.tail ?? 0) > 0) {
      const bytes = await bytesFrom(handle, size - most, most);
      return cutLines(decode(bytes.subarray(bytes.indexOf(LINE) + 1), shown, purpose, true), lines);
    }
    if ((lines.head ?? 0) > 0) return cutLines(decode(await bytesFrom(handle, 0, most), shown, purpose, true), lines);
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
