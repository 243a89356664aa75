import { MassgenError } from '../../errors.js';
import { lineTerminal } from './line-terminal.js';
import { delivers, readPromptFile, readToEnd, stdinKind } from './read-input.js';
import type { RunFlagValues } from './run-flags.js';

export interface PromptSources {
  readonly argument: string | undefined;
  readonly flags: Pick<RunFlagValues, 'prompt-file' | 'stdin' | 'dry-run'>;
  /** The configuration's own `prompt:`. */
  readonly configured: string | undefined;
  readonly tell: (text: string) => void;
  /** Called before a question is put to the person at the terminal. */
  readonly beforeAsking: () => void;
}

/** How long standard input may take before the person is told what is waited for. */
const PATIENCE_MS = 2000;

async function ask(tell: (text: string) => void): Promise<string> {
  const terminal = lineTerminal(process.stdin, process.stderr);
  const left = new Promise<undefined>((resolve, reject) => {
    terminal.once('close', () => {
      resolve(undefined);
    });
    terminal.once('SIGINT', () => {
      tell('\n');
      reject(new MassgenError('run-cancelled', 'interrupted before the run began'));
    });
  });
  try {
    const answer = await Promise.race([terminal.question('What should the agents answer? ').catch(() => left), left]);
    if (answer === undefined) tell('\n');
    return answer ?? '';
  } finally {
    terminal.close();
  }
}

async function readStdin(tell: (text: string) => void): Promise<string> {
  const told = setTimeout(() => {
    tell('massgen: reading standard input to its end (on a terminal: Ctrl-D)\n');
  }, process.stdin.isTTY ? 0 : PATIENCE_MS);
  try {
    return await readToEnd(process.stdin);
  } finally {
    clearTimeout(told);
  }
}

/** Standard input beside a prompt, empty when there is none. A pipe that stays silent is left alone. */
async function contextFor({ flags, tell }: PromptSources): Promise<string> {
  const kind = stdinKind();
  if (kind === 'terminal' || kind === 'none') return '';
  if (kind === 'pipe' && flags.stdin !== true && !(await delivers(process.stdin))) {
    tell('massgen: standard input is open but silent, so it is not read; --stdin waits for it\n');
    return '';
  }
  return readStdin(tell);
}

async function promptOf(sources: PromptSources): Promise<string> {
  const { argument, flags, configured, tell } = sources;
  const file = flags['prompt-file'];
  if (argument !== undefined && file !== undefined) throw new MassgenError('usage-invalid', 'give the prompt either as an argument or with --prompt-file');
  if (argument === '-' || file === '-') return readStdin(tell);
  const given = (file === undefined ? argument : await readPromptFile(file)) ?? configured;
  const kind = stdinKind();
  // A dry run needs no prompt, so it waits for none.
  if (given !== undefined || (flags['dry-run'] === true && kind === 'pipe')) return [given ?? '', await contextFor(sources)].filter((text) => text.trim() !== '').join('\n\n');
  if (kind === 'file' || kind === 'pipe') return readStdin(tell);
  if (kind !== 'terminal' || flags['dry-run'] === true) return '';
  sources.beforeAsking();
  return ask(tell);
}

/** The prompt: argument or file with standard input as context, standard input alone, the configuration's own, or asked for on a terminal. Empty only in a dry run. */
export async function findPrompt(sources: PromptSources): Promise<string> {
  const prompt = await promptOf(sources);
  if (prompt.trim() !== '' || sources.flags['dry-run'] === true) return prompt;
  throw new MassgenError('usage-invalid', 'there is no prompt; give it as an argument, with --prompt-file, or on standard input');
}
