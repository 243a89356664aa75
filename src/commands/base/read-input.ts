import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { MassgenError } from '../../errors.js';
import { readBytes, readStream } from '../../orchestrator/config/read-bytes.js';
import { watchSilence } from '../../orchestrator/watch-silence.js';
import { systemReason } from './system-reason.js';

const MAX_BYTES = 20 * 1024 * 1024;
/** A pipe beside a prompt is read when it delivers or ends within this time. */
const AT_ONCE_MS = 250;

/** Bytes as text; refuses what is no UTF-8 text, and too much of it. */
function toText(bytes: Buffer, name: string): string {
  if (bytes.length > MAX_BYTES) throw new MassgenError('usage-invalid', `${name} is larger than ${String(MAX_BYTES / 1024 / 1024)} MB; give a shorter prompt`);
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new MassgenError('usage-invalid', `${name} is not text: there is a zero byte at offset ${String(zero)}; give a text prompt`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MassgenError('usage-invalid', `${name} is not valid UTF-8 text; convert it first`);
  }
}

function unreadable(name: string, thrown: unknown): MassgenError {
  return thrown instanceof MassgenError ? thrown : new MassgenError('usage-invalid', `cannot read ${name}: ${systemReason(thrown as Error)}`, { cause: thrown });
}

/** A prompt from a file. */
export async function readPromptFile(path: string): Promise<string> {
  try {
    return toText(await readBytes(path, MAX_BYTES + 1), path);
  } catch (thrown) {
    throw unreadable(`the prompt file ${path}`, thrown);
  }
}

/** All of standard input as text. */
export async function readToEnd(stdin: Readable): Promise<string> {
  try {
    return toText(await readStream(stdin, MAX_BYTES + 1), 'standard input');
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
