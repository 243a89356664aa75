import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { Processes } from '../../processes.js';
import { readDecision, type HookDecision } from './decision.js';
import type { Hook, HookMoment } from './settings.js';

/** What a hook is told, as JSON on stdin or as its argument. The names are those of MassGen's and Claude Code's hooks. */
export interface HookEvent {
  readonly hook_type: HookMoment;
  readonly hook_event_name: HookMoment;
  readonly session_id: string;
  readonly agent_id: string;
  readonly timestamp: string;
  readonly cwd: string;
  readonly tool_name: string;
  readonly tool_input: Readonly<Record<string, unknown>>;
  readonly tool_output?: string;
  readonly tool_failed?: boolean;
}

export interface HookDeps {
  readonly processes: Processes;
  /** What a command is given to know; no keys. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly session: string;
  readonly now: () => Date;
}

const MAX_OUTPUT = 1_000_000;
const DENIED = 2;
/** What it left in the background, and holds its output open, is not waited for. */
const LAST_WORDS_MS = 200;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function collect(from: NodeJS.ReadableStream, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  from.on('data', (bytes: Buffer) => {
    size += bytes.length;
    if (size > MAX_OUTPUT) tooMuch();
    else chunks.push(bytes);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

async function runProgram(words: readonly string[], event: HookEvent, { processes, environment, cwd }: HookDeps, signal: AbortSignal): Promise<Ended> {
  const [command = '', ...args] = words;
  const child = processes.start(command, args, { cwd, env: { ...environment } });
  return new Promise((resolve, reject) => {
    const stop = (why: Error): void => {
      processes.end(child);
      reject(why);
    };
    const onAbort = (): void => stop(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const tooMuch = (): void => stop(new Error('it wrote more than a megabyte'));
    const [stdout, stderr] = [collect(child.stdout, tooMuch), collect(child.stderr, tooMuch)];
    child.once('exit', () => void setTimeout(() => processes.end(child), LAST_WORDS_MS).unref());
    once(child, 'close').then(
      ([code]) => {
        signal.removeEventListener('abort', onAbort);
        processes.end(child);
        resolve({ code: code as number | null, stdout: stdout(), stderr: stderr() });
      },
      (error: unknown) => stop(error as Error),
    );
    child.stdin.end(JSON.stringify(event));
  });
}

/** Exit code 0 allows, unless stdout holds a JSON decision; 2 denies with what stderr says; any other is a failure. */
function decisionOf({ code, stdout, stderr }: Ended): HookDecision {
  if (code === DENIED) return { verdict: 'deny', reason: stderr.trim() };
  if (code !== 0) throw new Error(`it ended with exit code ${code ?? 'none'}${stderr.trim() === '' ? '' : `: ${stderr.trim().slice(-500)}`}`);
  const text = stdout.trim();
  return readDecision(text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined);
}

type HookFunction = (event: HookEvent, how: { readonly signal: AbortSignal }) => unknown;

async function callModule(file: string, name: string, event: HookEvent, signal: AbortSignal): Promise<HookDecision> {
  const loaded = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const found = loaded[name] ?? (name === 'default' ? loaded['hook'] : undefined);
  if (typeof found !== 'function') throw new Error(`${file} exports no function ${name === 'default' ? 'as default or as hook' : name}`);
  // What it throws at once is heard here as well: nobody but the race hears of the abort, which comes later in any case.
  const decided = new Promise((resolve) => {
    resolve((found as HookFunction)(structuredClone(event), { signal }));
  });
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return readDecision(await Promise.race([decided, aborted]));
}

/** Runs one hook. Rejects when it fails, or takes too long. */
export async function runHook(hook: Hook, event: HookEvent, deps: HookDeps, signal: AbortSignal): Promise<HookDecision> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(hook.timeoutMs)]);
  const { run } = hook;
  if ('module' in run) return callModule(run.module, run.name, event, within);
  return decisionOf(await runProgram('shell' in run ? ['/bin/sh', '-c', run.shell] : run.command, event, deps, within));
}
