import path from 'node:path';

const MAX_ARGUMENTS = 200;
const MAX_ARGUMENT_LENGTH = 8000;
const MAX_COMMAND_LENGTH = 1000;

const PIECE = /\s+|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+|["'\\])/gsu;

/** The words of a command line: blanks part them, quotes and backslashes hold them together, as in a shell. Nothing is replaced. */
export function splitCommand(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, double, single, escaped, bare] of line.matchAll(PIECE)) {
    if (/^\s/u.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (double?.replace(/\\(.)/gsu, '$1') ?? single ?? escaped ?? bare ?? '');
  }
  return word === undefined ? words : [...words, word];
}

const bare = (command: string): string => path.basename(command).replace(/\.(?:exe|cmd|bat)$/iu, '');

/** No shell reads a command: what it would do does not happen. */
export const noShell = (word: string): string => `has ${word} in its command, but no shell reads it; write command: sh and args: ["-c", "…"] if a shell is wanted`;

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What only a shell would understand in the words of a command line. */
export const shellWord = (words: readonly string[]): string | undefined => words.find((word) => /^(?:[|&;<>]+|\d?>&?\d?)$|^\$\(|`/u.test(word));

/** What a command that starts a server must not be; no shell reads it, so what only a shell would do is a mistake. */
export function checkCommand({ command, args, env }: Command, executables: readonly string[]): string | undefined {
  if (command.trim() === '') return 'has an empty command';
  if ([command, ...args, ...Object.values(env)].some((each) => each.includes('\0'))) return 'has a NUL character in its command';
  if (command.length > MAX_COMMAND_LENGTH || args.length > MAX_ARGUMENTS || args.some(({ length }) => length > MAX_ARGUMENT_LENGTH)) return `has a command of more than ${MAX_ARGUMENTS} arguments, or one that is longer than ${MAX_ARGUMENT_LENGTH} characters`;
  const [shell] = /[&|;<>`]|\$\(/u.exec(command) ?? [];
  if (shell !== undefined) return noShell(shell);
  const odd = Object.keys(env).find((name) => !/^[A-Za-z_][A-Za-z0-9_.()-]*$/u.test(name));
  if (odd !== undefined) return `has ${JSON.stringify(odd)} in its env, which is no name of a variable`;
  if (executables.length > 0 && !executables.some((each) => each === command || each === bare(command))) return `would start ${bare(command)}, which its security.allowed_executables does not name`;
  return undefined;
}
