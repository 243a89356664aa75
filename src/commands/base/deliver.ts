import path from 'node:path';
import { ERRORS } from '../../errors.js';
import type { RunResult } from '../../index.js';
import { safeText } from '../ui/safe-text.js';
import type { Display } from '../ui/show-run.js';
import type { Automation } from './automation.js';
import { saveAnswer } from './output-file.js';
import type { ProcessScreen } from './screen.js';
import { systemReason } from './system-reason.js';
import { terminalText } from './terminal-text.js';

/** The exit code that a result deserves: 0 answered, 2 failed, 3 out of time without an answer, 4 interrupted. */
function exitCodeOf(result: RunResult): number {
  if (result.status === 'completed') return 0;
  return result.error === undefined ? 2 : ERRORS[result.error.code].exitCode;
}

const shown = (file: string): string => path.relative(process.cwd(), file) || file;

async function show(answer: string, display: Display, screen: ProcessScreen): Promise<void> {
  const isTerminal = process.stdout.isTTY;
  if (isTerminal && display === 'plain') screen.progress('\n');
  const text = isTerminal ? await terminalText(answer, display) : answer;
  void screen.out(text.endsWith('\n') ? text : `${text}\n`);
}

export interface Delivery {
  readonly display: Display;
  readonly outputFile: string | undefined;
  /** A script that is told where the answer is, rather than given it. */
  readonly automation: Automation | undefined;
}

function tellLosses(lost: Error | undefined, unsaved: string | undefined, kept: string | null, screen: ProcessScreen): void {
  const troubles = [lost === undefined ? undefined : `cannot write to standard output: ${systemReason(lost)}`, unsaved].filter((trouble) => trouble !== undefined);
  for (const trouble of troubles) screen.progress(`massgen: ${trouble}${kept === null ? '' : `; the answer is kept in ${shown(kept)}`}\n`);
}

/** Undefined, or why the answer is not in its file. */
const keep = (answer: string, file: string | undefined): Promise<string | undefined> => (file === undefined || answer === '' ? Promise.resolve(undefined) : saveAnswer(file, answer));

/** Gives the answer away: alone on stdout, into the output file; what is to be said of it goes to stderr. Resolves to the exit code: 2 also when an answer could not be delivered. */
export async function deliver(result: RunResult, { display, outputFile, automation }: Delivery, screen: ProcessScreen): Promise<number> {
  const { final_answer: answer, final_answer_path: kept, error, log_directory: log } = result;
  if (display === 'plain' && log !== null) screen.progress(`log: ${shown(log)}\n`);
  if (error !== undefined && !screen.isGone()) screen.progress(`massgen: ${safeText(error.message)}\n`);
  if (answer !== '' && display !== 'json' && automation === undefined) await show(answer, display, screen);
  const unsaved = await keep(answer, outputFile);
  automation?.end(unsaved === undefined && answer !== '' ? outputFile : undefined);
  const lost = await screen.flush();
  tellLosses(lost, unsaved, kept, screen);
  const code = exitCodeOf(result);
  return (code === 0 && unsaved !== undefined) || lost !== undefined ? 2 : code;
}
