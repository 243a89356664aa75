import { EMPTY, fold, type RunEvent, type RunState } from '../../orchestrator/index.js';
import { oneLine } from './logs-format.js';
import { createPlainView, type PlainLine } from './plain-lines.js';
import { safeJson, safeText } from './safe-text.js';

export type Display = 'live' | 'plain' | 'json' | 'silent';

/** Where a view writes. */
export interface Screen {
  /** Returns a promise when the reader is behind. */
  readonly out: (text: string) => Promise<void> | undefined;
  readonly progress: (text: string) => void;
  /** Colours a line; the identity where colours are not wanted. */
  readonly paint: (text: string, tone: PlainLine['tone'] | 'name', agent: number) => string;
}

function plainWriter(screen: Screen): (event: RunEvent, state: RunState) => void {
  const view = createPlainView();
  return (event, state) => {
    for (const { about, tone, text } of view(event, state)) {
      const place = about === null ? -1 : state.order.indexOf(about);
      const name = screen.paint(`[${about === null ? 'massgen' : oneLine(about)}]`, 'name', place);
      screen.progress(`${name} ${screen.paint(text, tone, place)}\n`);
    }
  };
}

/** Sees each event with the state after it, before the display does; returns a promise when whoever it tells is behind. */
export type Onlooker = (event: RunEvent, state: RunState) => Promise<void> | undefined;

/** Reads a run's events to their end, showing them on the way; returns the last state. A view that fails to write does not end the run. */
export async function showRun(events: AsyncIterable<RunEvent>, display: Display, screen: Screen, onlooker?: Onlooker): Promise<RunState> {
  const write = display === 'plain' ? plainWriter(screen) : null;
  let state = EMPTY;
  for await (const event of events) {
    state = fold(state, event);
    await onlooker?.(event, state);
    if (display === 'json') await screen.out(`${safeJson(event)}\n`);
    else if (write !== null) write(event, state);
    else if (event.type === 'notice') screen.progress(`massgen: ${safeText(event.message)}\n`);
  }
  return state;
}
