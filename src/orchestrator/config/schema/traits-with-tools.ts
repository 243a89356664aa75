import type { Trait } from './types.js';

/** Backends whose tools massgen runs; the others are programs that have their own. */
export const withTools = ['chat', 'responses', 'anthropic', 'gemini', 'script'] as const satisfies readonly Trait[];
