import { fstatSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { MassgenError } from '../../errors.js';
import { watchSilence } from '../../orchestrator/watch-silence.js';
import { systemReason } from './system-reason.js';

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

function unreadable(name: string, thrown: unknown): MassgenError {
  return thrown instanceof MassgenError ? thrown : new MassgenError('usage-invalid', `cannot read ${name}: ${systemReason(thrown as Error)}`, { cause: thrown });
}

/** A prompt from a file. */
export async function readPromptFile(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw tooLarge(path);
    return toText(await readFile(path), path);
  } catch (thrown) {
    throw unreadable(`the prompt file ${path}`, thrown);
  }
}

/** All of standard input as text. */
export async function readToEnd(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BYTES) throw tooLarge('standard input');
      chunks.push(chunk);
    }
    return toText(Buffer.concat(chunks), 'standard input');
  } catch (thrown) {
    throw unreadable('standard input', thrown);
  }
}

/** Whether a pipe brings its first bytes, or its end, at once. One that does not is closed. */
export function delivers(stdin: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (answer: boolean): void => {
      silence.end();
      stdin.off('readable', yes).off('end', yes).off('error', no);
      if (!answer) stdin.destroy();
      resolve(answer);
    };
    const yes = (): void => {
      done(true);
    };
    const no = (): void => {
      done(false);
    };
    const silence = watchSilence(AT_ONCE_MS, no);
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
