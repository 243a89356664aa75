import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ERRORS, MassgenError } from '../../errors.js';
import type { RunResult } from '../../index.js';
import { safeText } from '../ui/safe-text.js';
import type { Display, Screen } from '../ui/show-run.js';

/** The exit code that a result deserves: 0 answered, 2 failed, 3 out of time without an answer, 4 interrupted. */
export function exitCodeOf(result: RunResult): number {
  if (result.status === 'completed') return 0;
  return result.error === undefined ? 2 : ERRORS[result.error.code].exitCode;
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text.endsWith('\n') ? text : `${text}\n`);
  } catch (thrown) {
    throw new MassgenError('usage-invalid', `cannot write the answer to ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  }
}

/** Gives the answer away: alone on stdout, into the output file; what is to be said of it goes to stderr. */
export async function deliver(result: RunResult, display: Display, screen: Screen, outputFile: string | undefined): Promise<void> {
  const { final_answer: answer, error, log_directory: log } = result;
  if (display === 'plain' && log !== null) screen.progress(`log: ${path.relative(process.cwd(), log) || log}\n`);
  if (error !== undefined) screen.progress(`massgen: ${safeText(error.message)}\n`);
  if (answer === '') return;
  if (display !== 'json') {
    const shown = process.stdout.isTTY ? safeText(answer) : answer;
    screen.out(shown.endsWith('\n') ? shown : `${shown}\n`);
  }
  if (outputFile !== undefined) await save(outputFile, answer);
}
