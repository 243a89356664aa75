import { createInterface, type Interface } from 'node:readline/promises';

/** Lines that somebody writes on a terminal. After Ctrl-Z and `fg` it goes on, which readline leaves to its user. */
export function lineTerminal(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Interface {
  const terminal = createInterface({ input, output });
  terminal.on('SIGCONT', () => {
    terminal.resume();
  });
  return terminal;
}
