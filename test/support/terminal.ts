import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BINARY, temporaryFolder } from './massgen-process.js';

const SCRIPT = fileURLToPath(new URL('terminal.py', import.meta.url));
/** Less than a test has, so that a failure says what was on the screen. */
const LIMIT_MS = 50_000;

/** Why no pseudo-terminal can be had here; undefined when one can. */
export const noTerminal: string | undefined = process.platform === 'win32' ? 'no pseudo-terminals on Windows' : spawnSync('python3', ['-c', 'import pty']).status === 0 ? undefined : 'python3 is not installed';

export interface TerminalEnd {
  readonly code: number;
  /** The state of the terminal when the command had ended. */
  readonly mode: 'cooked' | 'raw' | 'unknown';
}

export interface TerminalRun {
  readonly cwd: string;
  /** Everything the terminal got so far. */
  readonly output: () => string;
  /** Resolves once the terminal got this, looked for from a place in the output on. */
  readonly shows: (text: string | RegExp, from?: number) => Promise<void>;
  readonly send: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves when the process was stopped, with the state of the terminal then. */
  readonly stopped: () => Promise<string>;
  readonly ended: Promise<TerminalEnd>;
}

export interface TerminalSetting {
  readonly columns?: number;
  readonly rows?: number;
  readonly files?: Readonly<Record<string, object | string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** A shell script that starts the command as `"$@"`. */
  readonly through?: string;
}

const children = new Set<ChildProcess>();

/** Ends what still runs: for `afterEach`, before the folders are removed. */
export function closeTerminals(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}

/** Starts `massgen` with these arguments on a pseudo-terminal. */
export function onTerminal(args: readonly string[], { columns = 100, rows = 30, files = {}, env = {}, through }: TerminalSetting = {}): TerminalRun {
  const root = temporaryFolder();
  const [cwd, home] = [path.join(root, 'work'), path.join(root, 'home')];
  for (const folder of [cwd, home]) mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
  const command = [process.execPath, BINARY, ...args];
  const whole = through === undefined ? command : ['sh', '-c', through, 'sh', ...command];
  const given = { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env };
  const child = spawn('python3', [SCRIPT, String(columns), String(rows), ...whole], { cwd, env: given, stdio: ['pipe', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  children.add(child);
  let [output, told] = ['', ''];
  const listeners = new Set<() => void>();
  const hear = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    hear();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    hear();
  });
  child.stdin.on('error', () => undefined);
  const facts = (): readonly Readonly<Record<string, unknown>>[] => told.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const until = <Found>(look: () => Found | undefined, what: string): Promise<Found> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        listeners.delete(check);
        resolve(found);
      };
      listeners.add(check);
      child.on('close', () => reject(new Error(`ended before ${what}: ${JSON.stringify(output.slice(-2000))} ${told}`)));
      check();
    });
  const order = (what: object): void => {
    child.stdin.write(`${JSON.stringify(what)}\n`);
  };
  const ended = until(() => facts().find((fact) => fact['ended'] === true) as unknown as TerminalEnd | undefined, 'its end');
  // Not every test waits for it.
  ended.catch(() => undefined);
  return {
    cwd,
    output: () => output,
    shows: (text, from = 0) => until(() => ((typeof text === 'string' ? output.includes(text, from) : text.test(output.slice(from))) ? true : undefined), `it showed ${String(text)}`).then(() => undefined),
    send: (keys) => order({ send: keys }),
    resize: (wide, high) => order({ resize: [wide, high] }),
    signal: (name) => order({ signal: name }),
    stopped: () => until(() => facts().find(({ stopped }) => stopped === true)?.['mode'] as string | undefined, 'it was stopped'),
    ended,
  };
}
