import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../../protocol.js';
import { isKnown } from './check-event.js';

export interface ReplayOptions {
  /** How many times faster than it was; 0 is at once. */
  readonly speed: number;
  /** No pause is longer than this many ms of replay. */
  readonly longestPauseMs?: number;
  /** True when nobody watches any more. */
  readonly until?: () => boolean;
  /** Ends a pause when nobody waits for its end. */
  readonly signal?: AbortSignal;
}

/** Less than a screen can show. */
const SHORTEST_MS = 5;

/** Hands events on at the pace at which they happened, by their active run time: a wall clock that was set back does not matter. Events of a kind that this program does not know are passed over. */
export async function* replayEvents(batches: AsyncIterable<readonly RunEvent[]>, { speed, longestPauseMs = Infinity, until = () => false, signal }: ReplayOptions): AsyncGenerator<RunEvent, void, undefined> {
  let last = 0;
  let due = performance.now();
  for await (const batch of batches) {
    for (const event of batch) {
      if (until()) return;
      if (speed > 0) {
        due += Math.min(Math.max(0, event.t - last) / speed, longestPauseMs);
        last = event.t;
        const pause = due - performance.now();
        if (pause >= SHORTEST_MS) await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
        if (until()) return;
      }
      if (isKnown(event)) yield event;
    }
  }
}
