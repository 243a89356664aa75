import { MassgenError } from '../../../errors.js';
import { safeText } from '../../ui/safe-text.js';

/** Reads from the terminal without anything being shown, until `take` says that it has enough. Ctrl-Z stops the process, and `fg` asks again. */
function readRaw<Value>(question: string, take: (text: string) => Value | undefined): Promise<Value> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (finish: () => void): void => {
      isOver = true;
      stdin.off('data', onData).off('end', stopped);
      process.off('SIGINT', stopped).off('SIGCONT', resumed);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      finish();
    };
    const stopped = (): void => {
      end(() => {
        reject(new MassgenError('run-cancelled', 'stopped; nothing was written'));
      });
    };
    const resumed = (): void => {
      stdin.setRawMode(true);
      stderr.write(question);
    };
    const suspend = (): void => {
      stdin.setRawMode(false);
      try {
        process.kill(0, 'SIGTSTP');
      } catch {
        // Windows has no such thing.
      }
      // Where there is no shell to come back from, nothing was stopped and nothing goes on.
      setImmediate(() => {
        if (!isOver) stdin.setRawMode(true);
      });
    };
    const onData = (chunk: Buffer | string): void => {
      const text = chunk.toString();
      if (/[\u0003\u0004]/u.test(text)) {
        stopped();
        return;
      }
      if (text.includes('\u001a')) suspend();
      const value = take(text.replaceAll('\u001a', ''));
      if (value !== undefined) end(() => resolve(value));
    };
    process.on('SIGINT', stopped).on('SIGCONT', resumed);
    stdin.on('data', onData).on('end', stopped);
    // Whoever reads the question may type at once, and then nothing may be shown any more.
    stdin.setRawMode(true);
    stdin.resume();
    stderr.write(question);
  });
}

/** One key press. Ctrl-C and Ctrl-D are a `run-cancelled`. */
export const readKey = (question: string): Promise<string> => readRaw(question, (text) => text[0]);

/** A line that is not shown while it is typed or pasted; asked for again, in the same silence, as long as `complain` has something to say about it. Ctrl-C and Ctrl-D are a `run-cancelled`. */
export function readSecret(question: string, complain: (secret: string) => string | undefined): Promise<string> {
  let typed = '';
  return readRaw(question, (text) => {
    for (const character of text.replaceAll('\r\n', '\r')) {
      if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1);
      else if (character === '\u0015') typed = '';
      else if (character !== '\r' && character !== '\n') typed += character;
      else {
        const secret = safeText(typed).trim();
        const complaint = complain(secret);
        if (complaint === undefined) return secret;
        typed = '';
        process.stderr.write(`\n${complaint}\n${question}`);
      }
    }
    return undefined;
  });
}
