import { safeText } from '../ui/safe-text.js';
import type { Display } from '../ui/show-run.js';

/** Lines longer than this are hard to read. */
const WIDEST = 100;

/** An answer for the terminal on stdout: rendered where the run was shown live, as it was written elsewhere. */
export async function terminalText(answer: string, display: Display): Promise<string> {
  if (display !== 'live' || process.stdout.columns === 0) return safeText(answer);
  const [{ markdownText }, { Chalk, default: chalk }] = await Promise.all([import('../ui/markdown-text.js'), import('chalk')]);
  const noColour = (process.env['NO_COLOR'] ?? '') !== '';
  return markdownText(answer, Math.min(WIDEST, process.stdout.columns), noColour ? new Chalk({ level: 0 }) : chalk);
}
