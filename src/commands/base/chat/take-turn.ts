import type * as massgen from '../../../index.js';
import { safeText } from '../../ui/safe-text.js';
import type { Display } from '../../ui/show-run.js';
import { deliver } from '../deliver.js';
import { onInterrupt } from '../interrupt.js';
import type { ProcessScreen } from '../screen.js';
import { interruptSelf, watchRun } from '../watch-run.js';
import { attachFiles } from './attach-files.js';
import type { Conversation } from './conversation.js';
import type { ChatInput } from './input.js';

export interface TurnWorld {
  readonly library: typeof massgen;
  readonly conversation: Conversation;
  readonly input: ChatInput;
  readonly display: Display;
  readonly screen: ProcessScreen;
}

export interface TurnEnd {
  /** 0 answered, else as the exit codes of `massgen run`. */
  readonly code: number;
  /** The signal that stopped it, if one did. */
  readonly signal: string | undefined;
}

/** Asks one question and shows what comes of it. Ctrl-C once stops the agents and keeps the best answer; twice leaves massgen. */
export async function takeTurn(question: string, { library, conversation, input, display, screen }: TurnWorld): Promise<TurnEnd> {
  const say = (text: string): void => {
    screen.progress(`massgen: ${safeText(text)}\n`);
  };
  const interrupt = onInterrupt();
  try {
    const { task, remarks } = await attachFiles(question, process.cwd());
    for (const remark of remarks) say(remark);
    interrupt.begin(screen.progress);
    const started = conversation.begin(task, interrupt.signal);
    const place = { source: conversation.team().source, log: started.place.logDirectory };
    const state = await watchRun(started.events, { display, screen, place, steering: started.control, interrupt: interruptSelf, terminal: input.terminal });
    const result = library.toResult(state, started.place);
    const code = await deliver(result, { display, outputFile: undefined, automation: undefined }, screen);
    if (input.isPerson && display !== 'json') screen.progress('\n');
    for (const remark of [started.logWarning(), ...(await conversation.end(task, started, result))]) if (remark !== undefined) say(remark);
    return { code, signal: interrupt.signal.aborted ? String(interrupt.signal.reason) : undefined };
  } finally {
    interrupt.release();
  }
}
