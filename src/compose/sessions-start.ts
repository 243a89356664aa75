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

/** Calls that were still running may end behind the final answer. */
const CLOSING_LINES = 200;

const callsIn = (line: string): readonly unknown[] => {
  const { toolCalls } = JSON.parse(line) as { readonly toolCalls?: unknown };
  return Array.isArray(toolCalls) ? toolCalls : [];
};

/** The calls of the caller's tools that a turn of ours ended with, each in words; it goes on with their results. */
export function readClosingCalls(directory: string): readonly string[] {
  try {
    return withFileEnds(path.join(directory, 'events.jsonl'), ({ backwards }) => {
      let seen = 0;
      for (const line of backwards()) {
        if (line.includes('"type":"answer-final"')) return (callsIn(line) as readonly { readonly name: string; readonly argumentsText: string }[]).map(({ name, argumentsText }) => `${name} ${argumentsText}`);
        seen += 1;
        if (seen > CLOSING_LINES) break;
      }
      return [];
    });
  } catch {
    return [];
  }
}
