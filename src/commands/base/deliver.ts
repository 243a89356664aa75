import path from 'node:path';
import { ERRORS } from '../../errors.js';
import type { RunResult } from '../../index.js';
import { safeText } from '../ui/safe-text.js';
import type { Display } from '../ui/show-run.js';
import { saveAnswer } from './output-file.js';
import type { ProcessScreen } from './screen.js';
import { systemReason } from './system-reason.js';

/** The exit code that a result deserves: 0 answered, 2 failed, 3 out of time without an answer, 4 interrupted. */
function exitCodeOf(result: RunResult): number {
  if (result.status === 'completed') return 0;
  return result.error === undefined ? 2 : ERRORS[result.error.code].exitCode;
}

const shown = (file: string): string => path.relative(process.cwd(), file) || file;

function show(answer: string, display: Display, screen: ProcessScreen): void {
  const isTerminal = process.stdout.isTTY;
  if (isTerminal && display === 'plain') screen.progress('\n');
  const text = isTerminal ? safeText(answer) : answer;
  void screen.out(text.endsWith('\n') ? text : `${text}\n`);
}

/** Gives the answer away: alone on stdout, into the output file; what is to be said of it goes to stderr. Resolves to the exit code: 2 also when an answer could not be delivered. */
export async function deliver(result: RunResult, display: Display, screen: ProcessScreen, outputFile: string | undefined): Promise<number> {
  const { final_answer: answer, final_answer_path: kept, error, log_directory: log } = result;
  if (display === 'plain' && log !== null) screen.progress(`log: ${shown(log)}\n`);
  if (error !== undefined && !screen.isGone()) screen.progress(`massgen: ${safeText(error.message)}\n`);
  if (answer !== '' && display !== 'json') show(answer, display, screen);
  const lost = await screen.flush();
  const troubles = [
    lost === undefined ? undefined : `cannot write to standard output: ${systemReason(lost)}`,
    outputFile === undefined || answer === '' ? undefined : await saveAnswer(outputFile, answer),
  ].filter((trouble) => trouble !== undefined);
  for (const trouble of troubles) screen.progress(`massgen: ${trouble}${kept === null ? '' : `; the answer is kept in ${shown(kept)}`}\n`);
  const code = exitCodeOf(result);
  return troubles.length > 0 && (code === 0 || lost !== undefined) ? 2 : code;
}
