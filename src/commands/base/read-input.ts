import { createReadStream, fstatSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { MassgenError } from '../../errors.js';

const MAX_BYTES = 20 * 1024 * 1024;
/** A pipe beside a prompt is read when it delivers or ends within this time. */
const AT_ONCE_MS = 250;

/** Bytes as text; refuses what is no UTF-8 text. */
function toText(bytes: Buffer, name: string): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new MassgenError('usage-invalid', `${name} is not text: there is a zero byte at offset ${String(zero)}; give a text prompt`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MassgenError('usage-invalid', `${name} is not valid UTF-8 text; convert it first`);
  }
}

function tooLarge(name: string): MassgenError {
  return new MassgenError('usage-invalid', `${name} is larger than ${String(MAX_BYTES / 1024 / 1024)} MB; give a shorter prompt`);
}

/** A prompt from a file; `-` is standard input. */
export async function readPromptFile(path: string, stdin: Readable): Promise<string> {
  if (path === '-') return readToEnd(stdin);
  try {
    if ((await stat(path)).size > MAX_BYTES) throw tooLarge(path);
    return toText(await readFile(path), path);
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    throw new MassgenError('usage-invalid', `cannot read the prompt file ${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  }
}

/** All of standard input as text. */
export async function readToEnd(stdin: Readable, first: readonly Buffer[] = []): Promise<string> {
  const chunks = [...first];
  let size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > MAX_BYTES) throw tooLarge('standard input');
    chunks.push(bytes);
  }
  return toText(Buffer.concat(chunks), 'standard input');
}

/** Whether a pipe brings its first bytes, or its end, at once. */
function delivers(stdin: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (answer: boolean): void => {
      clearTimeout(timer);
      stdin.off('readable', yes).off('end', yes).off('error', no);
      resolve(answer);
    };
    const yes = (): void => {
      done(true);
    };
    const no = (): void => {
      done(false);
    };
    const timer = setTimeout(no, AT_ONCE_MS);
    stdin.on('readable', yes).on('end', yes).on('error', no);
  });
}

/** What standard input is: only a file or a pipe can add to a prompt that is there already. */
export function stdinKind(): 'terminal' | 'file' | 'pipe' | 'none' {
  if (process.stdin.isTTY) return 'terminal';
  try {
    const status = fstatSync(0);
    return status.isFile() ? 'file' : status.isFIFO() || status.isSocket() ? 'pipe' : 'none';
  } catch {
    return 'none';
  }
}

/** Context from standard input beside a prompt: null when there is none. A pipe that stays silent is left alone and reported by `onSilence`. */
export async function readContext(kind: 'file' | 'pipe', stdin: Readable, onSilence: () => void): Promise<string | null> {
  if (kind === 'file') return readToEnd(createReadStream('', { fd: 0, autoClose: false }));
  if (!(await delivers(stdin))) {
    stdin.destroy();
    onSilence();
    return null;
  }
  return readToEnd(stdin);
}
