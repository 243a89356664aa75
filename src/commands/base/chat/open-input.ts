import path from 'node:path';
import { placesWith, userFolder } from '../../../orchestrator/config/places.js';
import { interruptSelf } from '../watch-run.js';
import type { ProcessScreen } from '../screen.js';
import { completer } from './complete.js';
import { editorInput } from './editor-input.js';
import { openHistory } from './history-file.js';
import type { ChatInput } from './input.js';
import { lineInput, type LineInputOptions } from './line-input.js';

export interface InputWish {
  /** Whether lines may be redrawn while they are written. */
  readonly redraws: boolean;
  readonly screen: ProcessScreen;
  readonly agents: () => readonly string[];
  readonly signal: AbortSignal;
  readonly interrupts: LineInputOptions['interrupts'];
}

/** What was written at the prompt, in all conversations of the user. */
export const historyFile = (): string => path.join(userFolder(placesWith()), 'chat_history');

/** Where the questions come from: an editor at a terminal, plain lines where nothing may be redrawn, else whatever standard input is. */
export function openInput({ redraws, screen, agents, signal, interrupts }: InputWish): Promise<ChatInput> {
  const { stdin, stderr } = process;
  if (stdin.isTTY && stderr.isTTY && redraws) return editorInput({ screen, history: openHistory(historyFile()), complete: completer(process.cwd(), agents), signal, interrupt: interruptSelf });
  return Promise.resolve(lineInput({ tell: stdin.isTTY ? screen.progress : undefined, hold: screen.hold, interrupts, signal }));
}
