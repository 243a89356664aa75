import { EventEmitter } from 'node:events';
import { render, type Instance } from 'ink';
import type { Screen } from '../show-run.js';
import type { Frame } from './frame.js';
import { LiveScreen, type Printed } from './live-screen.js';
import { widthOf, plainText, type Line } from './spans.js';
import type { Terminal } from './terminal.js';

/** Draws frames on a terminal. */
export interface Canvas {
  /** Puts lines above the frame, for good, and the frame below them. */
  readonly draw: (printed: readonly (readonly Line[])[], frame: Frame | null) => void;
  /** The terminal has another size, or shows something else: what was drawn is wiped away as far as it can still be found. */
  readonly reset: (how: 'resized' | 'resumed') => void;
  readonly close: () => void;
}

/** More rows than any terminal has: when a frame is as high as the screen, Ink clears all of it and what was above. Ours never is. */
const ENDLESS = 1_000_000;
/** Ink's own limit; ours is elsewhere and lower. */
const FRAMES = 1000;

const eraseRows = (rows: number): string => `\r\u001b[2K${'\u001b[1A\u001b[2K'.repeat(Math.max(0, rows))}`;

/** The rows that lines take on a screen of this width, once it has broken those that are too long. */
const rowsOn = (lines: readonly Line[], columns: number): number => lines.reduce((sum, each) => sum + Math.max(1, Math.ceil(widthOf(plainText(each).trimEnd()) / columns)), 0);

/** A canvas on a terminal, by way of Ink. */
export function createCanvas(terminal: Terminal, paint: Screen['paint']): Canvas {
  let ink: Instance | null = null;
  let muted = false;
  let printed: Printed[] = [];
  let shown: readonly Line[] = [];
  let key = 0;
  const stream = Object.assign(new EventEmitter(), {
    isTTY: true,
    rows: ENDLESS,
    write: (text: string, done?: () => void): boolean => {
      if (!muted && text !== '') terminal.write(text);
      done?.();
      return true;
    },
  });
  Object.defineProperty(stream, 'columns', { get: terminal.columns });

  const release = (): void => {
    muted = true;
    ink?.unmount();
    muted = false;
    ink = null;
    printed = [];
  };
  return {
    draw: (lines, frame) => {
      for (const each of lines) printed = [...printed, { key: (key += 1), lines: each }];
      const tree = <LiveScreen printed={printed} frame={frame} paint={paint} />;
      if (ink === null) ink = render(tree, { stdout: stream as unknown as NodeJS.WriteStream, stderr: stream as unknown as NodeJS.WriteStream, patchConsole: false, exitOnCtrlC: false, maxFps: FRAMES });
      else ink.rerender(tree);
      shown = frame === null ? [] : [...frame.header, ...frame.body, ...frame.footer];
    },
    reset: (how) => {
      release();
      if (how === 'resized' && shown.length > 0) terminal.write(eraseRows(rowsOn(shown, terminal.columns())));
      shown = [];
    },
    close: () => {
      ink?.unmount();
      ink = null;
    },
  };
}
