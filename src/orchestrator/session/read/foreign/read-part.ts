import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { asObject, type Loose } from './loose.js';

const MOST_BYTES = 64 * 1024 * 1024;

/** A file's text; undefined when it is missing. `flaw` says why a file that is there could not be read. */
export interface Part<Content> {
  readonly content?: Content;
  readonly flaw?: string;
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

export function readTextPart(directory: string, name: string): Part<string> {
  try {
    const handle = openSync(path.join(directory, name), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(handle);
      if (!status.isFile()) return { flaw: `${name} is not a file` };
      return status.size > MOST_BYTES ? { flaw: `${name} is too large to read` } : { content: readFileSync(handle, 'utf8') };
    } finally {
      closeSync(handle);
    }
  } catch (thrown) {
    const { code = 'unknown error' } = thrown as NodeJS.ErrnoException;
    return ABSENT.has(code) ? {} : { flaw: `${name} cannot be read (${code})` };
  }
}

/** Python writes NaN and Infinity, which are no JSON. */
const pythonNumbers = (text: string): string => text.replace(/([:[,]\s*)-?(?:NaN|Infinity)(?=\s*[,\]}])/gu, '$1null');

/** A JSON object from a file. */
export function readJsonPart(directory: string, name: string): Part<Loose> {
  const { content, flaw } = readTextPart(directory, name);
  if (content === undefined) return flaw === undefined ? {} : { flaw };
  for (const text of [content, pythonNumbers(content)]) {
    try {
      return { content: asObject(JSON.parse(text)) };
    } catch {
      // Tried once more without Python's numbers.
    }
  }
  return { flaw: `${name} is not whole JSON` };
}
