import type { Line } from '../../ui/live/spans.js';
import type { Display } from '../../ui/show-run.js';
import type { Conversation } from './conversation.js';
import type { ChatInput } from './input.js';

/** What a command may look at and change. */
export interface CommandWorld {
  readonly conversation: Conversation;
  readonly input: ChatInput;
  readonly display: Display;
  /** Cells that a line may take. */
  readonly width: number;
}

/** Lines that are not made safe to print yet. */
export type Said = readonly (string | Line)[];

/** Does what a command says; returns what it has to say. Throws a MassgenError for what cannot be. */
export type Handler = (world: CommandWorld, rest: string) => Said | Promise<Said>;

export const NO_TURN = 'nothing has been asked in this conversation yet';
