import { readBytes } from './read-bytes.js';

/** Why a file cannot be used as text, in words that follow its name. */
export interface Unreadable {
  readonly reason: string;
  readonly code?: string;
}

const megabyte = 1_048_576;

function decode(bytes: Buffer): string | Unreadable {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return { reason: 'is UTF-16 text; save it as UTF-8' };
  if (bytes.includes(0)) return { reason: 'is not a text file' };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { reason: 'is not UTF-8 text; save it as UTF-8' };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read; check its permissions',
  EPERM: 'may not be read; check its permissions',
  EISDIR: 'is a folder; name a file in it',
  ENOTDIR: 'does not exist',
};

function toUnreadable(error: unknown): Unreadable {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
  return { reason: reasons[code] ?? `cannot be read (${code})`, code };
}

/** The text of a file of at most 1 MB, without a byte order mark. Reads no more than that, whatever the file says of its size. */
export async function readText(file: string): Promise<string | Unreadable> {
  try {
    const bytes = await readBytes(file, megabyte + 1);
    return bytes.length > megabyte ? { reason: 'is larger than 1 MB' } : decode(bytes);
  } catch (error) {
    return toUnreadable(error);
  }
}
