import type { RunEvent } from '../protocol.js';
import { createPaced } from './paced.js';

/** Events are on the disk at most this long after a milestone. */
const FLUSH_GAP_MS = 900;

/** What a script that polls waits for. */
const MILESTONES: ReadonlySet<RunEvent['type']> = new Set(['run-start', 'answer-accept', 'vote-cast', 'vote-abstain', 'agent-fail', 'winner-select', 'attempt-start', 'time-up', 'budget-reach', 'cancel-request', 'answer-final']);

export const hasMilestone = (batch: readonly RunEvent[]): boolean => batch.some(({ type }) => MILESTONES.has(type));

/** Has the events of a run put on the disk soon after its milestones, and with its end. */
export interface PacedFlushes {
  /** A batch with a milestone was stored at `t` ms of the run. */
  readonly milestone: (t: number) => void;
  readonly end: () => void;
  readonly stop: () => void;
}

export function createPacedFlushes(flush: () => void): PacedFlushes {
  const paced = createPaced(FLUSH_GAP_MS, flush, performance.now());
  return {
    milestone: (t) => {
      // Nothing has been paid for when a run begins.
      if (t > 0) paced.ask();
    },
    end: () => {
      paced.stop();
      flush();
    },
    stop: paced.stop,
  };
}
