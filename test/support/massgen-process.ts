import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChildren } from './end-children.js';
import { removeFolder } from './remove-folder.js';

export const BINARY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

const LIMIT_MS = 120_000;
const folders: string[] = [];
const children = new Set<ChildProcess>();

export interface Setting {
  /** Files of the working directory, by relative path; an object is written as JSON, which is YAML too. */
  readonly files?: Readonly<Record<string, string | Buffer | object>>;
  /** Files of the home directory. */
  readonly home?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** A text: sent over a socket and ended. `open`: a socket that stays open and silent. Nothing if absent. */
  readonly stdin?: 'open' | { readonly text: string | Buffer };
  /** A shell script that starts the command as `"$@"`, for redirections and pipes. */
  readonly through?: string;
}

export interface Outcome {
  /** Where the command ran. */
  readonly cwd: string;
  /** Null when a signal or the time limit ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly cwd: string;
  readonly ended: Promise<Outcome>;
  /** Resolves once stderr or stdout has this text; rejects when the process ends without it. */
  readonly says: (text: string) => Promise<void>;
}

/** An empty folder that `removeFolders` takes away. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'massgen-test-'));
  folders.push(folder);
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string | Buffer | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
}

/** Starts a command in its own folder with an empty home and no keys. */
export function start(command: readonly string[], setting: Setting = {}): Running {
  const root = temporaryFolder();
  const [cwd, home] = [path.join(root, 'work'), path.join(root, 'home')];
  for (const folder of [cwd, home]) mkdirSync(folder);
  write(cwd, setting.files ?? {});
  write(home, setting.home ?? {});
  const [file = '', ...args] = setting.through === undefined ? command : ['sh', '-c', setting.through, 'sh', ...command];
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, ...setting.env };
  const begun = performance.now();
  const child = spawn(file, args, { cwd, env, stdio: [setting.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  children.add(child);
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      for (const listener of listeners) listener();
    });
  }
  child.stdin?.on('error', () => undefined);
  if (typeof setting.stdin === 'object') child.stdin?.end(setting.stdin.text);
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, ...said, seconds: (performance.now() - begun) / 1000, cwd });
    });
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!said.stderr.includes(text) && !said.stdout.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then((outcome) => {
        reject(new Error(`ended without saying "${text}": ${JSON.stringify(outcome)}`));
      }, reject);
    });
  return { child, cwd, ended, says };
}

/** Starts `massgen` with these arguments. */
export const startMassgen = (args: readonly string[], setting: Setting = {}): Running => start([process.execPath, BINARY, ...args], setting);

/** Runs `massgen` to its end. */
export const massgen = (args: readonly string[], setting: Setting = {}): Promise<Outcome> => startMassgen(args, setting).ended;

export interface LoggedEvent {
  readonly type: string;
  readonly seq: number;
  readonly [field: string]: unknown;
}

/** The texts of all event logs below a working directory. */
export function logTexts(cwd: string, root = '.massgen/massgen_logs'): readonly string[] {
  const sessions = path.join(cwd, root);
  if (!existsSync(sessions)) return [];
  return readdirSync(sessions).map((session) => readFileSync(path.join(sessions, session, 'turn_1', 'events.jsonl'), 'utf8'));
}

/** The events of the only run logged below a working directory, without the header, and without a line that is still being written. Throws for any other that is no JSON. */
export function loggedEvents(cwd: string, root?: string): readonly LoggedEvent[] {
  const texts = logTexts(cwd, root);
  if (texts.length !== 1) throw new Error(`${String(texts.length)} logs below ${cwd}, not one`);
  const text = texts[0] ?? '';
  const [, ...events] = parseLines(text.slice(0, text.lastIndexOf('\n') + 1));
  return events;
}

export const parseLines = (text: string): readonly LoggedEvent[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LoggedEvent);

/** Ends what still runs and removes the folders: for `afterEach` or `afterAll`. */
export async function cleanUp(): Promise<void> {
  await endChildren(children, 'SIGKILL');
  await Promise.all(folders.splice(0).map(removeFolder));
}
