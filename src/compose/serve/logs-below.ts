import path from 'node:path';
import { toAbortSignal, type RunEvent, type StopSignal } from '../../orchestrator/index.js';
import { followEvents } from '../../orchestrator/session/read/follow-events.js';
import { createProblemList } from '../../orchestrator/session/read/problem-list.js';
import { turnDirectory, turnNumbers } from '../../orchestrator/session/read/turn-places.js';
import type { LoggedTurn, ServerDeps } from '../../server/index.js';

const POLL_MS = 50;

/** How a server reads session logs, whose directories are named from this folder. */
export function logsBelow(cwd: string): Pick<ServerDeps, 'turnsIn' | 'follow'> {
  return {
    turnsIn: (directory) => {
      try {
        return turnNumbers(path.resolve(cwd, directory));
      } catch {
        return [];
      }
    },
    async *follow({ directory, turn, runsHere }: LoggedTurn, signal: StopSignal): AsyncGenerator<readonly RunEvent[]> {
      try {
        yield* followEvents(turnDirectory(path.resolve(cwd, directory), turn), createProblemList(), { signal: toAbortSignal(signal), pollMs: POLL_MS, runsHere });
      } catch (thrown) {
        // A turn that was over before its first event.
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
      }
    },
  };
}
