import { EMPTY, fold, type RunEvent } from '../../../orchestrator/index.js';
import type { Onlooker } from '../show-run.js';
import { openLiveView, type LiveOptions } from './live-view.js';
import type { AskViewer } from './question.js';

export interface ShowLiveOptions extends Omit<LiveOptions, 'now'> {
  readonly onlooker?: Onlooker | undefined;
  /** Called with what takes the program's own remarks while the view is open, and with null once it is closed. */
  readonly remarks: (take: ((text: string) => void) | null) => void;
  /** The same for what puts a question to whoever watches. */
  readonly questions?: ((ask: AskViewer | null) => void) | undefined;
}

/** Shows a run's events to their end on a terminal; returns the last state. However it ends, the terminal is given back. */
export async function showLive(events: AsyncIterable<RunEvent>, { onlooker, remarks, questions, ...options }: ShowLiveOptions): Promise<ReturnType<typeof fold>> {
  const view = openLiveView({ ...options, now: () => performance.now() });
  remarks(view.say);
  if (options.terminal.keys) questions?.(view.ask);
  let state = EMPTY;
  try {
    for await (const event of events) {
      state = fold(state, event);
      await onlooker?.(event, state);
      view.take(event);
    }
    return state;
  } finally {
    remarks(null);
    questions?.(null);
    view.close();
  }
}
