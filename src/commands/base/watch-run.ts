import type { RunControl, RunEvent, RunState } from '../../orchestrator/index.js';
import type { Action } from '../ui/live/press.js';
import type { ViewPlace } from '../ui/live/panels/system.js';
import type { Terminal } from '../ui/live/terminal.js';
import { showRun, type Display, type Onlooker } from '../ui/show-run.js';
import type { Questions } from './questions.js';
import type { ProcessScreen } from './screen.js';

export interface Watch {
  readonly display: Display;
  readonly screen: ProcessScreen;
  readonly place: ViewPlace;
  /** Absent where the run is over or another process's. */
  readonly steering?: RunControl | undefined;
  /** What q and Ctrl-C do; while the terminal is in raw mode no signal comes of itself. */
  readonly interrupt: () => void;
  readonly onlooker?: Onlooker | undefined;
  /** Whoever asks the user things during the run. */
  readonly questions?: Questions | undefined;
  /** A terminal that is in use already; the question stands on it. */
  readonly terminal?: Terminal | undefined;
}

/** Events whose first has been asked for already: the calls are made while the view is still loading. */
async function* begun(first: Promise<IteratorResult<RunEvent, void>>, events: AsyncGenerator<RunEvent, void, undefined>): AsyncGenerator<RunEvent, void, undefined> {
  try {
    const { done, value } = await first;
    if (done === true) return;
    yield value;
    yield* events;
  } finally {
    await events.return();
  }
}

function actor({ steering, interrupt, place, screen }: Watch): (action: Action) => void {
  const openLog = async (): Promise<void> => {
    if (place.log === null) {
      screen.progress('massgen: nothing is logged\n');
      return;
    }
    const { openFolder } = await import('./logs-open-folder.js');
    const trouble = await openFolder(place.log);
    screen.progress(`massgen: ${trouble === undefined ? 'opened' : `${trouble}:`} ${place.log}\n`);
  };
  return (action) => {
    switch (action.type) {
      case 'interrupt':
        interrupt();
        return;
      case 'open-log':
        void openLog();
        return;
      case 'answer-now':
        steering?.answerNow();
        return;
      case 'stop-agent':
        steering?.stopAgent(action.agent);
        return;
      case 'say':
        steering?.say(action.text);
        return;
      case 'suspend':
    }
  };
}

/** Reads a run's events to their end and shows them: live on a terminal, else as lines or not at all. Returns the last state. */
export async function watchRun(events: AsyncGenerator<RunEvent, void, undefined>, watch: Watch): Promise<RunState> {
  const { display, screen, place, steering, onlooker } = watch;
  if (display !== 'live') return showRun(events, display, screen, onlooker);
  const first = events.next();
  // Whoever reads it hears of it; until then nobody does.
  first.catch(() => undefined);
  const [{ showLive }, { processTerminal }, { glyphsFor }] = await Promise.all([import('../ui/live/show-live.js'), import('../ui/live/terminal.js'), import('../ui/live/glyphs.js')]);
  const input = process.stdin.isTTY ? process.stdin : null;
  const options = { paint: screen.paint, place, steers: steering !== undefined, onlooker, glyphs: glyphsFor(process.env, process.platform), terminal: watch.terminal ?? processTerminal(process.stderr, input), asked: watch.terminal !== undefined, act: actor(watch) };
  return showLive(begun(first, events), { ...options, remarks: screen.divert, questions: watch.questions?.host });
}

/** As Ctrl-C would do it: whoever listens to the signal decides. */
export const interruptSelf = (): void => {
  process.kill(process.pid, 'SIGINT');
};
