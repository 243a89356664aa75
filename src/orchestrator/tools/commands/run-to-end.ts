import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

export interface CommandEnd {
  /** Null when it was ended. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: 'itself' | 'timeout' | 'abort';
  readonly seconds: number;
}

/** Characters kept of each stream: its beginning and its end. */
const KEPT = 100_000;

/** The head and the tail of a stream, however long it is. */
export function keepEnds(limit = KEPT): { readonly add: (bytes: Buffer) => void; readonly text: () => string } {
  const decoder = new StringDecoder('utf8');
  const half = limit / 2;
  let head = '';
  let tail = '';
  let left = 0;
  return {
    add: (bytes) => {
      let text = decoder.write(bytes);
      if (head.length < half) {
        const room = half - head.length;
        head += text.slice(0, room);
        text = text.slice(room);
      }
      if (text === '') return;
      tail += text;
      if (tail.length <= limit) return;
      left += tail.length - half;
      tail = tail.slice(-half);
    },
    text: () => (left === 0 ? head + tail : `${head}\n[… ${String(left)} characters left out …]\n${tail}`),
  };
}

/** Waits until a command has ended, or ends it. Rejects when there is no such program. */
export function runToEnd(child: ChildProcessWithoutNullStreams, end: () => void, { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<CommandEnd> {
  const [stdout, stderr] = [keepEnds(), keepEnds()];
  const began = performance.now();
  child.stdin.end();
  child.stdout.on('data', stdout.add);
  child.stderr.on('data', stderr.add);
  return new Promise((resolve, reject) => {
    let ended: CommandEnd['ended'] = 'itself';
    const stop = (why: 'timeout' | 'abort'): void => {
      ended = why;
      end();
    };
    const timer = setTimeout(() => {
      stop('timeout');
    }, timeoutMs);
    const leave = (): void => {
      stop('abort');
    };
    if (signal?.aborted === true) leave();
    signal?.addEventListener('abort', leave, { once: true });
    const settle = (code: number | null, by: string | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      // What it left running in the background holds its pipes: it goes with it.
      end();
      resolve({ code, signal: by, stdout: stdout.text(), stderr: stderr.text(), ended, seconds: Math.round(performance.now() - began) / 1000 });
    };
    child.once('error', (error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      reject(error);
    });
    let result: readonly [number | null, string | null] = [null, null];
    child.once('exit', (code, by) => {
      result = [code, by];
      // Its last words may still be in the pipes, unless somebody else keeps them open.
      setTimeout(() => {
        settle(...result);
      }, 200).unref();
    });
    child.once('close', (code, by) => {
      settle(code, by);
    });
  });
}
