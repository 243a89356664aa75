import type { Backend, ReplyFormat, Usage } from '../../backends/contract.js';
import type { Input } from '../coordination/decide.js';
import type { AgentId, RunEvent } from '../protocol.js';
import type { RunTools } from '../tools/run-tools.js';
import type { Orders } from './orders.js';

/** What the engine needs of the world. */
export interface EngineDeps {
  readonly backends: Readonly<Record<AgentId, Backend>>;
  /** Stores events before anyone sees them or anything is done about them; a rejection stops the run. Resolves to what went wrong with the log, if the run may go on without it. */
  readonly append: (batch: readonly RunEvent[]) => Promise<string | undefined>;
  /** Passes stored events on; must not block. */
  readonly publish: (batch: readonly RunEvent[]) => void;
  /** A promise when the reader is behind. */
  readonly ready: () => Promise<void> | undefined;
  /** Millionths of a dollar, null when the price is unknown. */
  readonly cost: (agent: AgentId, usage: Usage) => Promise<number | null>;
  /** Why a text is not in the form that was asked for, null when it is. */
  readonly check?: (text: string, format: ReplyFormat) => string | null;
  /** What is asked of the run while it lasts. */
  readonly orders?: Pick<Orders, 'listen'>;
  /** Absent when no agent has tools of its own. */
  readonly tools?: RunTools;
  /** Monotonic ms. */
  readonly now: () => number;
  readonly wallClock: () => Date;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type RunStart = Extract<Input, { type: 'start' }>['run'];
