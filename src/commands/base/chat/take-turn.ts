import type * as massgen from '../../../index.js';
import { safeText } from '../../ui/safe-text.js';
import type { Display } from '../../ui/show-run.js';
import { deliver } from '../deliver.js';
import { onInterrupt } from '../interrupt.js';
import type { ProcessScreen } from '../screen.js';
import type { Questions } from '../questions.js';
import { interruptSelf, watchRun } from '../watch-run.js';
import type { Conversation } from './conversation.js';
import type { ChatInput } from './input.js';

export interface TurnWorld {
  readonly library: typeof massgen;
  readonly conversation: Conversation;
  readonly input: ChatInput;
  readonly display: Display;
  readonly screen: ProcessScreen;
  /** Whoever asks the user things; undefined where nobody sits. */
  readonly questions: Questions | undefined;
}

export interface TurnEnd {
  /** 0 answered, else as the exit codes of `massgen run`. */
  readonly code: number;
  /** The signal that stopped it, if one did. */
  readonly signal: string | undefined;
}

/** Asks one question and shows what comes of it. Ctrl-C once stops the agents and keeps the best answer; twice leaves massgen. */
export async function takeTurn(question: string, { library, conversation, input, display, screen, questions }: TurnWorld): Promise<TurnEnd> {
  const say = (text: string): void => {
    screen.progress(`massgen: ${safeText(text)}\n`);
  };
  const interrupt = onInterrupt();
  try {
    // What a person types is their own; what is read from a file or a pipe may be anybody's.
    const task = input.isPerson ? await conversation.team().takePaths(question) : question;
    interrupt.begin(screen.progress);
    const started = conversation.begin(task, interrupt.signal);
    const place = { source: conversation.team().source, log: started.place.logDirectory };
    const state = await watchRun(started.events, { display, screen, place, steering: started.control, interrupt: interruptSelf, terminal: input.terminal, questions });
    const result = library.toResult(state, started.place);
    const code = await deliver(result, { display, outputFile: undefined, automation: undefined }, screen);
    if (input.isPerson && display !== 'json') screen.progress('\n');
    for (const remark of [started.logWarning(), ...(await conversation.end(task, started, result))]) if (remark !== undefined) say(remark);
    return { code, signal: interrupt.signal.aborted ? String(interrupt.signal.reason) : undefined };
  } finally {
    interrupt.release();
  }
}
