import { createInterface } from 'node:readline/promises';
import { MassgenError } from '../../errors.js';
import type { RunFlagValues } from './run-flags.js';
import { readContext, readPromptFile, readToEnd, stdinKind } from './read-input.js';

export interface PromptSources {
  readonly argument: string | undefined;
  readonly flags: Pick<RunFlagValues, 'prompt-file' | 'stdin' | 'dry-run'>;
  /** The configuration's own `prompt:`. */
  readonly configured: string | undefined;
  readonly tell: (text: string) => void;
}

async function ask(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question('What should the agents answer? ');
  } catch {
    return '';
  } finally {
    terminal.close();
  }
}

async function withContext(prompt: string, { flags, tell }: PromptSources): Promise<string> {
  const kind = stdinKind();
  if (kind === 'terminal' || kind === 'none') return prompt;
  const silent = (): void => {
    tell('massgen: standard input is open but silent, so it is not read; --stdin waits for it\n');
  };
  const context = flags.stdin === true ? await readToEnd(process.stdin) : await readContext(kind, process.stdin, silent);
  return context === null || context.trim() === '' ? prompt : `${prompt}\n\n${context}`;
}

/** The prompt: argument or file with standard input as context, standard input alone, the configuration's own, or asked for on a terminal. */
export async function findPrompt(sources: PromptSources): Promise<string> {
  const { argument, flags, configured } = sources;
  const file = flags['prompt-file'];
  if (argument !== undefined && file !== undefined) throw new MassgenError('usage-invalid', 'give the prompt either as an argument or with --prompt-file');
  if (argument === '-' || file === '-') return readToEnd(process.stdin);
  if (file !== undefined) return withContext(await readPromptFile(file, process.stdin), sources);
  if (argument !== undefined) return withContext(argument, sources);
  const kind = stdinKind();
  if (kind === 'file' || kind === 'pipe') {
    const text = configured === undefined ? await readToEnd(process.stdin) : await withContext('', sources);
    if (text.trim() !== '') return configured === undefined ? text : `${configured}${text}`;
  }
  if (configured !== undefined) return configured;
  if (kind === 'terminal' && flags['dry-run'] !== true) {
    const typed = await ask();
    if (typed.trim() !== '') return typed;
  }
  throw new MassgenError('usage-invalid', 'there is no prompt; give it as an argument, with --prompt-file, or on standard input');
}
