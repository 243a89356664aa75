import type { Interface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { MassgenError } from '../../errors.js';
import { lineTerminal } from './line-terminal.js';

/** What the wizard asks; each question has an answer that is taken when nothing is typed. */
export interface Questions {
  /** Resolves to what was typed, or to the default. */
  readonly ask: (question: string, otherwise: string) => Promise<string>;
  /** Asks again until `read` makes something of the answer; `read` throws a MassgenError to say what is wrong. */
  readonly askFor: <Value>(question: string, otherwise: string, read: (text: string) => Value) => Promise<Value>;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly close: () => void;
}

async function line(terminal: Interface, question: string): Promise<string> {
  const gone = new AbortController();
  const leave = (): void => {
    gone.abort();
  };
  terminal.once('close', leave);
  try {
    return (await terminal.question(question, { signal: gone.signal })).trim();
  } catch {
    throw new MassgenError('run-cancelled', 'stopped; nothing was written');
  } finally {
    terminal.off('close', leave);
  }
}

/** Questions on a terminal. The end of input, or Ctrl-C, is a `run-cancelled`. */
export function questionsOn(input: Readable, output: Writable): Questions {
  const terminal = lineTerminal(input, output);
  terminal.on('SIGINT', () => {
    terminal.close();
  });
  const ask = async (question: string, otherwise: string): Promise<string> => {
    const typed = await line(terminal, `${question}${otherwise === '' ? '' : ` [${otherwise}]`}: `);
    return typed === '' ? otherwise : typed;
  };
  const askFor = async <Value>(question: string, otherwise: string, read: (text: string) => Value): Promise<Value> => {
    for (;;) {
      try {
        return read(await ask(question, otherwise));
      } catch (thrown) {
        if (!(thrown instanceof MassgenError) || thrown.code === 'run-cancelled') throw thrown;
        output.write(`  ${thrown.message}\n`);
      }
    }
  };
  const confirm = async (question: string): Promise<boolean> => /^y(es)?$/i.test(await line(terminal, `${question} [y/N]: `));
  return {
    ask,
    askFor,
    confirm,
    close: () => {
      terminal.close();
    },
  };
}
