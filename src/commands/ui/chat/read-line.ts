import { createCanvas } from '../live/draw.js';
import type { Glyphs } from '../live/glyphs.js';
import type { Screen } from '../show-run.js';
import { pressPrompt, type PromptContext } from './press-prompt.js';
import { promptFrame, sentLines } from './prompt-frame.js';
import { emptyPrompt } from './prompt-state.js';
import type { SharedTerminal } from './shared-terminal.js';

export interface ReadLineOptions extends PromptContext {
  readonly terminal: SharedTerminal;
  readonly paint: Screen['paint'];
  readonly glyphs: Glyphs;
  readonly status: readonly string[];
  /** What stands in the line at first. */
  readonly initial?: string | undefined;
  /** Aborted when nobody is to answer any more. */
  readonly signal: AbortSignal;
}

/** Lets somebody write a line, or several; what was sent stays on the screen. Undefined when they leave. */
export function readLine({ terminal, paint, glyphs, status, initial, signal, ...context }: ReadLineOptions): Promise<string | undefined> {
  const canvas = createCanvas(terminal, paint);
  let state = emptyPrompt(initial);
  return new Promise((resolve) => {
    const stage: { ended: boolean } = { ended: false };
    const draw = (): void => {
      canvas.draw([], promptFrame(state, { columns: terminal.columns(), rows: terminal.rows(), glyphs, history: context.history, status }));
    };
    const end = (text: string | undefined): void => {
      if (stage.ended) return;
      stage.ended = true;
      signal.removeEventListener('abort', leave);
      canvas.draw(text === undefined ? [] : [sentLines(text, terminal.columns())], null);
      canvas.close();
      terminal.close();
      resolve(text);
    };
    const leave = (): void => {
      end(undefined);
    };
    const resize = (): void => {
      canvas.resize();
      draw();
    };
    if (signal.aborted) {
      leave();
      return;
    }
    signal.addEventListener('abort', leave, { once: true });
    terminal.open({
      onKey: (key) => {
        const { state: next, done } = pressPrompt(state, key, context);
        state = next;
        if (done?.type === 'line') end(done.text);
        else if (done?.type === 'leave') end(undefined);
        else if (done?.type === 'suspend') terminal.suspend();
        else draw();
      },
      onResize: resize,
      onResume: draw,
      onEnd: leave,
    });
    if (!stage.ended) draw();
    terminal.catchUp();
  });
}
