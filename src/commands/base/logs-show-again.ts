import type { RunEvent, RunState } from '../../orchestrator/index.js';
import { safeText } from '../ui/safe-text.js';
import type { Display } from '../ui/show-run.js';
import { onInterrupt } from './interrupt.js';
import type { TurnEvents } from './logs-events.js';
import type { ProcessScreen } from './screen.js';
import { terminalText } from './terminal-text.js';
import { interruptSelf, watchRun } from './watch-run.js';

/** The events until the signal is aborted; whatever is being waited for then is left behind. */
async function* untilLeft(events: AsyncGenerator<RunEvent, void, undefined>, signal: AbortSignal): AsyncGenerator<RunEvent, void, undefined> {
  const left = new Promise<'left'>((resolve) => {
    const leave = (): void => {
      resolve('left');
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  for (;;) {
    const next = await Promise.race([events.next(), left]);
    if (next === 'left' || next.done === true) break;
    yield next.value;
  }
}

/** A live view is left with q or a signal; without one a signal ends the process, as it does any. */
async function watchAgain(turn: TurnEvents, events: AsyncGenerator<RunEvent, void, undefined>, display: Display, screen: ProcessScreen): Promise<RunState> {
  const place = { source: null, log: turn.directory };
  if (display !== 'live') return watchRun(events, { display, screen, place, interrupt: interruptSelf });
  const interrupt = onInterrupt();
  interrupt.begin(() => undefined);
  try {
    return await watchRun(untilLeft(events, interrupt.signal), { display, screen, place, interrupt: interruptSelf });
  } finally {
    interrupt.release();
  }
}

/** Shows logged events through the view of the live run: progress on stderr and the final answer on stdout, or all events there as JSON lines. `onLeft` is called when somebody leaves before the end. */
export async function showAgain(turn: TurnEvents, events: AsyncGenerator<RunEvent, void, undefined>, display: Display, screen: ProcessScreen, onLeft: () => void = () => undefined): Promise<void> {
  const { final, ending }: RunState = await watchAgain(turn, events, display, screen);
  if (ending === null) onLeft();
  for (const { message } of turn.problems()) screen.progress(`massgen: ${safeText(message)}\n`);
  if (ending?.error !== undefined) screen.progress(`massgen: ${safeText(ending.error.message)}\n`);
  if (final === null || display === 'json') return;
  const text = process.stdout.isTTY ? await terminalText(final.text, display) : final.text;
  await screen.out(text.endsWith('\n') ? text : `${text}\n`);
}
