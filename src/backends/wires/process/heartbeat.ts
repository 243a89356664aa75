import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendEvent } from '../../contract.js';

const BEAT_MS = 5000;
const BEAT: readonly BackendEvent[] = [{ type: 'waiting', message: '' }];

/** The same batches, and a sign of life every few seconds while `busy` says that a tool works in silence. `end` must make the batches end, whatever they wait for. */
export async function* beating(batches: AsyncIterable<readonly BackendEvent[]>, busy: () => boolean, end: () => void, beatMs = BEAT_MS): AsyncGenerator<readonly BackendEvent[]> {
  const iterator = batches[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const got = await Promise.race([next, sleep(beatMs, undefined, { ref: false })]);
      if (got === undefined) {
        if (busy()) yield BEAT;
        continue;
      }
      if (got.done === true) return;
      yield got.value;
      next = iterator.next();
    }
  } finally {
    end();
    await iterator.return?.();
  }
}
