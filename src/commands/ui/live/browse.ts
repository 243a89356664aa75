import type { SessionSummary } from '../../../orchestrator/index.js';
import type { Screen } from '../show-run.js';
import { browserFrame, openBrowser, pressBrowser, type Choice } from './browser.js';
import { createCanvas } from './draw.js';
import type { Glyphs } from './glyphs.js';
import type { Terminal } from './terminal.js';

/** Lets somebody choose a session; the list is gone from the screen when it resolves. */
export function browse(sessions: readonly SessionSummary[], terminal: Terminal, paint: Screen['paint'], glyphs: Glyphs): Promise<Choice> {
  const canvas = createCanvas(terminal, paint);
  let state = openBrowser(sessions);
  return new Promise((resolve) => {
    const draw = (): void => {
      canvas.draw([], browserFrame(state, terminal.columns(), terminal.rows(), glyphs));
    };
    const resize = (): void => {
      canvas.resize();
      draw();
    };
    terminal.open({
      onKey: (key) => {
        if (key.ctrl === true && key.name === 'z') {
          terminal.suspend();
          return;
        }
        const pressed = pressBrowser(state, key);
        state = pressed.state;
        if (pressed.choice === undefined) {
          draw();
          return;
        }
        canvas.draw([], null);
        canvas.close();
        terminal.close();
        resolve(pressed.choice);
      },
      onResize: resize,
      onResume: draw,
    });
    draw();
  });
}
