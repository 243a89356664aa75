import type { AgentId, RunEvent } from '../protocol.js';
import type { Toolbox } from './contract.js';

/** What the user is told meanwhile. */
export interface RunNotice {
  readonly level: 'info' | 'warning';
  readonly message: string;
}

/** The tools of one run's agents. */
export interface RunTools {
  /** Opens the toolbox of an agent that has tools of its own; never rejects: what could not be opened is a note. */
  readonly open: (agent: AgentId, signal: AbortSignal) => Promise<Toolbox>;
  /**
   * Does what stored facts mean for the agents' folders before anything that follows from them is begun: a copy of an accepted
   * answer's work, the peers' work for who is shown their answers, what the winner may write, the delivery.
   * Resolves to what the user has to know; never rejects. Absent when no agent has a folder.
   */
  readonly settle?: (batch: readonly RunEvent[]) => Promise<readonly RunNotice[]>;
  /** Ends all that was opened, also what is being opened. Never rejects. */
  readonly close: () => Promise<void>;
}
