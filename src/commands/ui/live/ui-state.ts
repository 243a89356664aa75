import type { AgentId } from '../../../orchestrator/index.js';

export type Panel = 'votes' | 'answers' | 'timeline' | 'cost' | 'system' | 'help';

/** What the person at the keyboard has chosen to see; plain data. */
export interface UiState {
  /** The agent whose whole history is shown. */
  readonly focus: AgentId | null;
  readonly panel: Panel | null;
  /** Rows away from the newest (histories, timeline) or from the top (the other panels). */
  readonly scroll: number;
  readonly paused: boolean;
  /** The message that is being written. */
  readonly draft: Draft | null;
  /** A short remark about the last key. */
  readonly hint: string | null;
  /** What the program wants to know: it stays in sight, however much goes to the scrollback meanwhile. */
  readonly question: string | null;
}

export interface Draft {
  /** On either side of the cursor. */
  readonly before: string;
  readonly after: string;
}

export const FIRST_UI: UiState = { focus: null, panel: null, scroll: 0, paused: false, draft: null, hint: null, question: null };
