import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../spec.js';
import { childEnvironment } from '../process/child-environment.js';

/** What a command said, whole, and how it ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly tail: string;
}

const TAIL = 500;

/** LM Studio's own command: on the PATH, or where its installer puts it; undefined when it is in neither. */
export async function findLms(env: Environment): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'lms.exe' : 'lms';
  const home = env['HOME'] ?? env['USERPROFILE'];
  const folders = [...(env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== ''), ...(home === undefined ? [] : [path.join(home, '.lmstudio/bin'), path.join(home, '.cache/lm-studio/bin')])];
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
  }
  return undefined;
}

/** The installer that LM Studio's makers offer for a machine without a screen (https://lmstudio.ai/docs/app/basics/headless). */
export const installer = (): readonly [string, readonly string[]] =>
  process.platform === 'win32' ? ['powershell', ['-Command', 'irm https://lmstudio.ai/install.ps1 | iex']] : ['sh', ['-c', 'curl -fsSL https://lmstudio.ai/install.sh | bash']];

/** Runs a command and tells each line of it; what it leaves running stays. */
export async function* runCommand(file: string, args: readonly string[], env: Environment, signal: AbortSignal): AsyncGenerator<string, CommandEnd> {
  const child = spawn(file, args, { env: childEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'], signal });
  const lines: string[] = [];
  let tail = '';
  let code: number | null = null;
  const state = { over: false };
  let wake = (): void => undefined;
  const hear = (bytes: Buffer): void => {
    const text = bytes.toString();
    tail = (tail + text).slice(-TAIL);
    lines.push(...text.split(/[\r\n]+/).map(plain).filter((line) => line !== ''));
    wake();
  };
  const end = (status: number | null): void => {
    code = status;
    state.over = true;
    wake();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.once('exit', end);
  child.once('error', (error) => {
    tail ||= error.message;
    end(null);
  });
  while (!(state.over && lines.length === 0)) {
    const line = lines.shift();
    if (line !== undefined) yield line;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  return { code, tail: plain(tail) };
}

 
const plain = (line: string): string => line.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '').replace(/\s+/g, ' ').trim();
