import path from 'node:path';
import { noShell } from '../split-command.js';

const MAX_ARGUMENTS = 200;
const MAX_ARGUMENT_LENGTH = 8000;
const MAX_COMMAND_LENGTH = 1000;

const bare = (command: string): string => path.basename(command).replace(/\.(?:exe|cmd|bat)$/iu, '');

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

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
