import { StringDecoder } from 'node:string_decoder';
import type { Processes } from '../processes.js';
import { resultText } from '../plain-text.js';

const MAX_OUTPUT = 10_000_000;
const TAIL = 2000;
/** What it left in the background, and holds its output open, is not waited for. */
const LAST_WORDS_MS = 200;

export interface ProgramDeps {
  readonly processes: Processes;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

/**
 * Runs a program with its input as one JSON object on stdin, and returns what it wrote to stdout: parsed where it is JSON,
 * else the text. Rejects when it is missing, ends with another exit code than 0, or writes without end. An abort ends it with its group.
 */
export function runProgram([program = '', ...args]: readonly string[], input: unknown, { processes, environment, folder }: ProgramDeps, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = processes.start(program, args, { cwd: folder, env: environment });
    const decoder = new StringDecoder('utf8');
    let output = '';
    let complaints = '';
    const end = (error?: Error): void => {
      signal.removeEventListener('abort', leave);
      processes.end(child);
      if (error !== undefined) reject(error);
    };
    const leave = (): void => {
      end(new Error('it was ended'));
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    child.stdout.on('data', (bytes: Buffer) => {
      output += decoder.write(bytes);
      if (output.length > MAX_OUTPUT) end(new Error(`${program} wrote more than ${String(MAX_OUTPUT / 1e6)} MB`));
    });
    child.stderr.on('data', (bytes: Buffer) => {
      complaints = (complaints + bytes.toString()).slice(-TAIL);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      end(new Error(error.code === 'ENOENT' ? `there is no program ${program}, or no folder ${folder}` : error.message));
    });
    child.once('exit', () => void setTimeout(end, LAST_WORDS_MS).unref());
    child.once('close', (code, by) => {
      end();
      if (code !== 0) reject(new Error(`${program} ended ${by === null ? `with exit code ${String(code)}` : `by ${by}`}: ${resultText(complaints === '' ? output.slice(-TAIL) : complaints).trim()}`));
      else resolve(parsed(output));
    });
    child.stdin.end(`${JSON.stringify(input)}\n`);
  });
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output) as unknown;
  } catch {
    return output;
  }
}
