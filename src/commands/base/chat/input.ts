import type { SharedTerminal } from '../../ui/chat/shared-terminal.js';
import type { AskViewer } from '../../ui/live/question.js';

/** Where the lines of a conversation come from. */
export interface ChatInput {
  /** The next line, which may hold several; undefined when there is none any more. `status` stands beside it, `initial` in it. */
  readonly next: (status: readonly string[], initial?: string) => Promise<string | undefined>;
  /** Whether a person writes them. */
  readonly isPerson: boolean;
  /** What was written before, oldest first. */
  readonly history: () => readonly string[];
  /** Where views draw while the agents work; undefined where lines stay as they are written. */
  readonly terminal: SharedTerminal | undefined;
  /** Puts a question of the program to the person. */
  readonly ask: AskViewer;
  /** Gives the terminal to somebody else until the next line. */
  readonly release: () => void;
  readonly close: () => void;
}
