import type { ChildProcess } from 'node:child_process';

/** Ends these processes, and resolves when they have ended and nothing more comes from them. */
export async function endChildren(children: Iterable<ChildProcess>, signal: NodeJS.Signals): Promise<void> {
  const ends = [...children].map(
    (child) =>
      new Promise((resolve) => {
        child.on('close', resolve);
        child.kill(signal);
      }),
  );
  await Promise.all(ends);
}
