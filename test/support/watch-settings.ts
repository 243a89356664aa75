import type { RunSettings } from '../../src/orchestrator/protocol.js';

const MANY = 50_000;

export interface WatchedSettings {
  readonly settings: RunSettings;
  /** Runs one decision; throws when it does not come to rest. */
  readonly guard: <Value>(decision: () => Value) => Value;
}

/** Rules that do not come to rest would hang the process. They look at the budget again and again: these settings count that, and break it off. */
export function watchSettings(settings: RunSettings): WatchedSettings {
  let left = Infinity;
  const { budget, ...rest } = settings;
  return {
    settings: {
      ...rest,
      get budget() {
        left -= 1;
        if (left < 0) throw new Error('the rules do not come to rest');
        return budget;
      },
    },
    guard: (decision) => {
      left = MANY;
      try {
        return decision();
      } finally {
        left = Infinity;
      }
    },
  };
}
