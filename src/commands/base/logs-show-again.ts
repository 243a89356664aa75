import type { RunEvent, RunState } from '../../orchestrator/index.js';
import { safeText } from '../ui/safe-text.js';
import { showRun, type Display } from '../ui/show-run.js';
import type { TurnEvents } from './logs-events.js';
import type { ProcessScreen } from './screen.js';

/** Shows logged events through the view of the live run: progress on stderr and the final answer on stdout, or all events there as JSON lines. */
export async function showAgain(turn: TurnEvents, events: AsyncIterable<RunEvent>, display: Display, screen: ProcessScreen): Promise<void> {
  const { final, ending }: RunState = await showRun(events, display, screen);
  for (const { message } of turn.problems()) screen.progress(`massgen: ${safeText(message)}\n`);
  if (ending?.error !== undefined) screen.progress(`massgen: ${safeText(ending.error.message)}\n`);
  if (final === null || display === 'json') return;
  const text = process.stdout.isTTY ? safeText(final.text) : final.text;
  await screen.out(text.endsWith('\n') ? text : `${text}\n`);
}
