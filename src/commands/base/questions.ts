import { createInterface } from 'node:readline/promises';
import { safeText } from '../ui/safe-text.js';
import type { AskViewer, QuestionKind } from '../ui/live/question.js';
import { isCi } from './live-display.js';

/** What the program asks the user in the middle of its work. */
export interface Questions {
  /** Yes or no; no is the usual answer. */
  readonly confirm: (question: string, signal?: AbortSignal) => Promise<boolean>;
  /** A line of text; null for no answer. */
  readonly line: (question: string, signal?: AbortSignal) => Promise<string | null>;
  /** While a view has the terminal it is the one to ask. */
  readonly host: (ask: AskViewer | null) => void;
}

/** On the bare terminal, with whatever stands there already. */
const onTerminal: AskViewer = async (question, kind, signal) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
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
  }
};

/** Questions at the terminal, one after the other; undefined where nobody sits at one. */
export function openQuestions(): Questions | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY || isCi(process.env)) return undefined;
  let host: AskViewer | null = null;
  let before: Promise<unknown> = Promise.resolve();
  const ask = (question: string, kind: QuestionKind, signal?: AbortSignal): Promise<string | null> => {
    const answer = before.then(() => (signal?.aborted === true ? null : (host ?? onTerminal)(safeText(question), kind, signal)));
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
    },
  };
}
