import type { ToolSource } from './contract.js';

/** A source without tools, which only tells the agent something. */
export const notesSource = (notes: readonly string[] = []): ToolSource => ({ tools: () => [], notes: () => notes, close: () => Promise.resolve() });
