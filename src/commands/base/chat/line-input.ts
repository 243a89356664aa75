import { goesOn } from '../../ui/chat/question-text.js';
import type { ChatInput } from './input.js';
import type { ProcessScreen } from '../screen.js';
import { linesOf } from './line-reader.js';

export interface LineInputOptions {
  /** Where a person is told that a line is waited for; undefined where nobody sits. */
  readonly tell: ((text: string) => void) | undefined;
  /** Keeps everybody else from writing below a question. */
  readonly hold: ProcessScreen['hold'];
  /** Ctrl-C was pressed. */
  readonly interrupts: { onInterrupt: (() => void) | null };
  readonly signal: AbortSignal;
}

type Read = IteratorResult<string, void>;

const whenAborted = (signal: AbortSignal): Promise<Read> =>
  new Promise((resolve) => {
    const stop = (): void => {
      resolve({ done: true, value: undefined });
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** Lines as they come on standard input: of a pipe or a file, or of a person at a terminal on which nothing is redrawn. */
export function lineInput({ tell, hold, interrupts, signal }: LineInputOptions): ChatInput {
  const lines = linesOf(process.stdin);
  const history: string[] = [];
  const stopped = whenAborted(signal);
  // A question that is given up leaves its line to whoever asks next.
  let pending: Promise<Read> | undefined;
  const ask = async (say = tell, withdrawn?: AbortSignal): Promise<string | undefined> => {
    let leaving = false;
    let cancel: () => void = () => undefined;
    const twice = new Promise<Read>((resolve) => {
      cancel = () => {
        resolve({ done: true, value: undefined });
      };
    });
    interrupts.onInterrupt = () => {
      if (leaving || say === undefined) cancel();
      else say('\nonce more to leave (or Ctrl-D, or /quit)\n> ');
      leaving = true;
    };
    pending ??= lines.next();
    const read = await Promise.race([pending, stopped, twice, ...(withdrawn === undefined ? [] : [whenAborted(withdrawn)])]);
    interrupts.onInterrupt = null;
    if (read.done !== true) {
      pending = undefined;
      return read.value;
    }
    say?.('\n');
    return undefined;
  };
  const next = async (): Promise<string | undefined> => {
    tell?.('> ');
    const first = await ask();
    if (first === undefined) return undefined;
    let text = first;
    while (goesOn(text)) {
      tell?.('. ');
      const more = await ask();
      if (more === undefined) break;
      text += `\n${more}`;
    }
    if (text.trim() !== '') history.push(text);
    return text;
  };
  const askPerson: ChatInput['ask'] = async (question, kind, withdrawn) => {
    tell?.(`${question}${kind === 'yes-no' ? ' [y/N]' : ''} `);
    if (tell === undefined) return null;
    const release = hold();
    try {
      return (await ask(release, withdrawn)) ?? null;
    } finally {
      release();
    }
  };
  const nothing = (): void => undefined;
  return { next, isPerson: tell !== undefined, history: () => history, ask: askPerson, terminal: undefined, release: nothing, close: () => void process.stdin.destroy() };
}
