import type { Draft } from '../live/ui-state.js';

/** A line that is being written, and how far looking things up for it has come; plain data. */
export interface PromptState {
  readonly draft: Draft;
  /** How many questions back in the history; 0 is what is being written. */
  readonly back: number;
  /** What was being written when the history was opened. */
  readonly own: Draft;
  readonly search: Search | null;
  readonly menu: Menu | null;
  /** Ctrl-C was pressed on an empty line; once more leaves. */
  readonly leaving: boolean;
  readonly hint: string | null;
}

export interface Search {
  readonly query: string;
  /** How many questions back the one that is shown is; null when none has the query in it. */
  readonly back: number | null;
}

/** Ways to complete a word. */
export interface Menu {
  readonly items: readonly string[];
  /** The one that is taken; null before the first. */
  readonly at: number | null;
  /** Where in the text before the cursor the word begins. */
  readonly from: number;
}

/** What could stand in place of the end of a text, from `from` on; an item ends as it would be typed on. */
export interface Completion {
  readonly from: number;
  readonly items: readonly string[];
}

const NOTHING: Draft = { before: '', after: '' };

export const emptyPrompt = (text = ''): PromptState => ({ draft: { before: text, after: '' }, back: 0, own: NOTHING, search: null, menu: null, leaving: false, hint: null });
