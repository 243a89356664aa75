import { fdatasync, fdatasyncSync } from 'node:fs';

/** Files that are to be put on the disk wait for each other this long. */
const TOGETHER_MS = 100;

/** Who waits, by file descriptor, and what to do when it is done. */
const waiting = new Map<number, () => void>();
let timer: NodeJS.Timeout | null = null;

// A disk that cannot flush will say so at the next write.
function flushAtExit(): void {
  for (const file of waiting.keys()) {
    try {
      fdatasyncSync(file);
    } catch {
      // As above.
    }
  }
}

function flushAll(): void {
  timer = null;
  process.off('exit', flushAtExit);
  const files = [...waiting];
  waiting.clear();
  for (const [file, done] of files) fdatasync(file, done);
}

/**
 * Has what was written to an open file put on the disk within a tenth of a second, in the background, and at the latest when the
 * process exits; then calls `done`. Many runs flush together: waking the thread pool costs more than the call itself.
 */
export function flushSoon(file: number, done: () => void): void {
  waiting.set(file, done);
  if (timer !== null) return;
  timer = setTimeout(flushAll, TOGETHER_MS).unref();
  process.once('exit', flushAtExit);
}
