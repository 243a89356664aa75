import { safeText } from '../ui/safe-text.js';
import type { AskViewer, QuestionKind } from '../ui/live/question.js';
import { lineTerminal } from './line-terminal.js';
import { isCi } from './live-display.js';
import type { ProcessScreen } from './screen.js';

/** What the program asks the user in the middle of its work. */
export interface Questions {
  /** Yes or no; no is the usual answer. */
  readonly confirm: (question: string, signal?: AbortSignal) => Promise<boolean>;
  /** A line of text; null for no answer. */
  readonly line: (question: string, signal?: AbortSignal) => Promise<string | null>;
  /** While a view has the terminal it is the one to ask. */
  readonly host: (ask: AskViewer | null) => void;
}

/** On the bare terminal, below whatever stands there already; what happens meanwhile is told afterwards. */
const onTerminal = (hold: ProcessScreen['hold']): AskViewer => async (question, kind, signal) => {
  const release = hold();
  const terminal = lineTerminal(process.stdin, process.stderr);
  const left = new AbortController();
  terminal.on('SIGINT', () => {
    left.abort();
    process.kill(process.pid, 'SIGINT');
  });
  try {
    const any = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
    return await terminal.question(`${question}${kind === 'yes-no' ? ' [y/N]' : ''} `, { signal: any });
  } catch {
    return null;
  } finally {
    terminal.close();
    release();
  }
};

/** Questions one after the other: by the host while there is one, else by `atFirst`. One that is open when the host changes is asked again, by the new one. */
export function createQuestions(atFirst: AskViewer): Questions {
  let host: AskViewer | null = null;
  let open: AbortController | null = null;
  let before: Promise<unknown> = Promise.resolve();
  const askNow: AskViewer = async (question, kind, signal) => {
    for (;;) {
      if (signal?.aborted === true) return null;
      const moved = new AbortController();
      open = moved;
      const answer = await (host ?? atFirst)(question, kind, signal === undefined ? moved.signal : AbortSignal.any([signal, moved.signal]));
      open = null;
      if (answer !== null || !moved.signal.aborted) return answer;
    }
  };
  const ask = (question: string, kind: QuestionKind, signal?: AbortSignal): Promise<string | null> => {
    const answer = before.then(() => askNow(safeText(question), kind, signal));
    before = answer.catch(() => undefined);
    return answer;
  };
  return {
    confirm: async (question, signal) => /^\s*y(?:es)?\s*$/iu.test((await ask(question, 'yes-no', signal)) ?? ''),
    line: async (question, signal) => {
      const answer = await ask(question, 'line', signal);
      return answer === null ? null : safeText(answer).trim();
    },
    host: (next) => {
      host = next;
      open?.abort();
    },
  };
}

/** Questions at the terminal; undefined where nobody sits at one. */
export function openQuestions({ hold }: Pick<ProcessScreen, 'hold'>): Questions | undefined {
  return process.stdin.isTTY && process.stderr.isTTY && !isCi(process.env) ? createQuestions(onTerminal(hold)) : undefined;
}
