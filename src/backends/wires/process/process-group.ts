import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { guardGroup } from './group-guard.js';

/** Children whose groups have not been ended, and what ends the watch over each. */
const living = new Map<ChildProcessWithoutNullStreams, () => void>();
let watching = false;

const WINDOWS = process.platform === 'win32';

function signalGroup(child: ChildProcessWithoutNullStreams, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (WINDOWS) spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => child.kill());
    else process.kill(-child.pid, signal);
  } catch {
    // There is nobody left in it.
  }
}

/** A child that leads a group of its own, so that whatever it starts can be ended with it. It never outlives this process. */
export function startGroup(command: string, args: readonly string[], options: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> }): ChildProcessWithoutNullStreams {
  const child = spawn(command, args, { ...options, env: { ...options.env }, stdio: ['pipe', 'pipe', 'pipe'], detached: !WINDOWS, windowsHide: true });
  living.set(child, child.pid === undefined ? () => undefined : guardGroup(child.pid));
  if (!watching) {
    watching = true;
    process.once('exit', () => {
      for (const each of living.keys()) signalGroup(each, 'SIGKILL');
    });
  }
  // Its end is told by what reads it; a write to one that is gone is none of anybody's business.
  child.stdin.on('error', () => undefined);
  child.once('error', () => living.delete(child));
  return child;
}

/** How long what has been ended may have its last words read. */
const LAST_WORDS_MS = 200;

/** What has left the group may hold the child's pipes for ever: nobody reads them, and this process does not live on for them. */
function letGo(child: ChildProcessWithoutNullStreams): void {
  const close = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const soon = (): void => void setTimeout(close, LAST_WORDS_MS).unref();
  if (child.exitCode === null && child.signalCode === null) child.once('exit', soon);
  else soon();
}

/** Ends a child and all that it started: at once, or `graceMs` after it was asked to. */
export function endGroup(child: ChildProcessWithoutNullStreams, graceMs = 0): void {
  if (!living.has(child)) return;
  const kill = (): void => {
    const unwatch = living.get(child);
    living.delete(child);
    signalGroup(child, 'SIGKILL');
    unwatch?.();
    letGo(child);
  };
  if (graceMs === 0) {
    kill();
    return;
  }
  signalGroup(child, 'SIGTERM');
  setTimeout(kill, graceMs).unref();
}

const TAIL = 2000;

/** The end of what a child complains of, for the error that says why it stopped. */
export function tailOf(child: ChildProcessWithoutNullStreams): () => string {
  let tail = '';
  child.stderr.on('data', (bytes: Buffer) => {
    tail = (tail + bytes.toString()).slice(-TAIL);
  });
  return () => tail.trim();
}
