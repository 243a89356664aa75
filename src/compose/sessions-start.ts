import path from 'node:path';
import type { HistoryMessage, LogContext } from '../orchestrator/index.js';
import { readHeaderLine } from '../orchestrator/session/log-header.js';
import { withFileEnds } from '../orchestrator/session/read/file-ends.js';

/** How a turn of ours began. */
export interface TurnStart {
  readonly context: LogContext;
  readonly history: readonly HistoryMessage[];
  /** As it was written, secrets masked. */
  readonly config: unknown;
}

const isMessage = (value: unknown): value is HistoryMessage => {
  const { role, text } = (value ?? {}) as { readonly role?: unknown; readonly text?: unknown };
  return typeof text === 'string' && ['user', 'assistant', 'system', 'tool'].some((each) => each === role);
};

/** The beginning of a turn's events.jsonl; undefined when there is none that can be read. */
export function readTurnStart(directory: string): TurnStart | undefined {
  try {
    return withFileEnds(path.join(directory, 'events.jsonl'), ({ first, second }) => {
      if (first === undefined || second === undefined) return undefined;
      const start = JSON.parse(second) as { readonly type?: unknown; readonly history?: unknown; readonly config?: unknown };
      if (start.type !== 'run-start') return undefined;
      const { context } = readHeaderLine(first, { session: path.basename(path.dirname(directory)), directory });
      return { context, history: Array.isArray(start.history) ? start.history.filter(isMessage) : [], config: start.config };
    });
  } catch {
    return undefined;
  }
}
