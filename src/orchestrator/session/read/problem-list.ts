import type { Problem } from './report.js';

/** More are counted, not kept. */
const MOST = 50;

/** What was wrong with a log, in order. */
export interface ProblemList {
  readonly add: (message: string, line?: number) => void;
  readonly all: () => readonly Problem[];
}

export function createProblemList(): ProblemList {
  const kept: Problem[] = [];
  let more = 0;
  return {
    add: (message, line) => {
      if (kept.length < MOST) kept.push({ line: line ?? null, message });
      else more += 1;
    },
    all: () => (more === 0 ? kept : [...kept, { line: null, message: `and ${String(more)} more` }]),
  };
}
