import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { fileURLToPath } from 'node:url';
import { endChildren } from './end-children.js';
import { BINARY, temporaryFolder } from './massgen-process.js';

const SCRIPT = fileURLToPath(new URL('terminal.py', import.meta.url));
/** Less than a test has, so that a failure says what was on the screen. */
const LIMIT_MS = 120_000;

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

/** What the script tells, in the order in which it happened. */
interface Fact {
  /** Of the terminal, in base64. */
  readonly got?: string;
  readonly stopped?: boolean;
  readonly ended?: boolean;
  readonly mode?: string;
}

/** Breaks the program from within when it gets SIGUSR2: its file, and the environment that loads it. */
export const BOMB = { files: { 'bomb.mjs': "process.on('SIGUSR2', () => { throw new Error('boom'); });" }, env: { NODE_OPTIONS: '--import=./bomb.mjs' } };

/** A shell that takes the command to the front again each time it is stopped, and says how it found the terminal. Without one a program that leaves Ctrl-Z to the system cannot be stopped. */
export const THROUGH_SHELL = 'set -m; "$@"; code=$?; while [ $code -gt 146 ] && [ $code -lt 150 ]; do echo "in the shell: $(stty -a | grep -o -- \'-*icanon\')"; fg; code=$?; done; exit $code';

const children = new Set<ChildProcess>();

/** Ends what still runs, and resolves when it has: for `afterEach`, before the folders are removed. */
// The script ends the command with itself, which would write on otherwise.
export const closeTerminals = (): Promise<void> => endChildren(children, 'SIGTERM');

/** Starts `massgen` with these arguments on a pseudo-terminal. */
export function onTerminal(args: readonly string[], { columns = 100, rows = 30, files = {}, env = {}, through }: TerminalSetting = {}): TerminalRun {
  const root = temporaryFolder();
  const [cwd, home] = [path.join(root, 'work'), path.join(root, 'home')];
  for (const folder of [cwd, home]) mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
  const command = [process.execPath, BINARY, ...args];
  const whole = through === undefined ? command : ['sh', '-c', through, 'sh', ...command];
  const given = { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env };
  const child = spawn('python3', [SCRIPT, String(columns), String(rows), ...whole], { cwd, env: given, stdio: ['pipe', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGTERM' });
  children.add(child);
  const decoder = new StringDecoder('utf8');
  const facts: Fact[] = [];
  const listeners = new Set<() => void>();
  let [output, told, pending, isOver] = ['', '', '', false];
  const hear = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const fact of lines.map((line) => JSON.parse(line) as Fact)) {
      if (fact.got === undefined) facts.push(fact);
      else output += decoder.write(Buffer.from(fact.got, 'base64'));
    }
    hear();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  child.stdin.on('error', () => undefined);
  child.on('close', () => {
    children.delete(child);
    isOver = true;
    hear();
  });
  const until = <Found>(look: () => Found | undefined, what: string): Promise<Found> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = look();
        if (found === undefined && !isOver) return;
        listeners.delete(check);
        if (found !== undefined) resolve(found);
        else reject(new Error(`ended before ${what}: ${JSON.stringify(output.slice(-2000))} ${JSON.stringify(facts)} ${told}`));
      };
      listeners.add(check);
      check();
    });
  const order = (what: object): void => {
    child.stdin.write(`${JSON.stringify(what)}\n`);
  };
  const ended = until(() => facts.find((fact) => fact.ended === true) as unknown as TerminalEnd | undefined, 'its end');
  // Not every test waits for it.
  ended.catch(() => undefined);
  return {
    cwd,
    output: () => output,
    shows: (text, from = 0) => until(() => ((typeof text === 'string' ? output.includes(text, from) : text.test(output.slice(from))) ? true : undefined), `it showed ${String(text)}`).then(() => undefined),
    send: (keys) => order({ send: keys }),
    resize: (wide, high) => order({ resize: [wide, high] }),
    signal: (name) => order({ signal: name }),
    stopped: () => until(() => facts.find(({ stopped }) => stopped === true)?.mode, 'it was stopped'),
    ended,
  };
}
