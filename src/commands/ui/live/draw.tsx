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
  /** The terminal has another size: what was drawn is wiped away as far as it can still be found. */
  readonly resize: () => void;
  readonly close: () => void;
}

/** More rows than any terminal has: when a frame is as high as the screen, Ink clears all of it and what was above. Ours never is. */
const ENDLESS = 1_000_000;
/** Ink's own limit; ours is elsewhere and lower. */
const FRAMES = 1000;
/** A row that a terminal draws wider than it measures, as some do with pictures, is to lose its end rather than take a second row: the frame could not be wiped away any more. */
const [KEEP_ROWS, BREAK_ROWS] = ['\u001b[?7l', '\u001b[?7h'];
/** Stands before what goes to the scrollback, where nothing may be lost; no text has this character. */
const PRINTED = '\ufdd0';

const written = (text: string): string => (text.includes(PRINTED) ? text.replaceAll(PRINTED, '') : text.includes('\n') ? KEEP_ROWS + text + BREAK_ROWS : text);

const printable = ([first = [], ...rest]: readonly Line[]): readonly Line[] => [[{ text: PRINTED }, ...first], ...rest];

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
  let stops = terminal.stops();
  const stream = Object.assign(new EventEmitter(), {
    isTTY: true,
    rows: ENDLESS,
    write: (text: string, done?: () => void): boolean => {
      if (!muted && text !== '') terminal.write(written(text));
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
    shown = [];
  };
  return {
    draw: (lines, frame) => {
      // Since the process was stopped somebody else has written there: that is left alone.
      if (terminal.stops() !== stops) release();
      stops = terminal.stops();
      for (const each of lines) printed = [...printed, { key: (key += 1), lines: printable(each) }];
      const tree = <LiveScreen printed={printed} frame={frame} paint={paint} />;
      if (ink === null) ink = render(tree, { stdout: stream as unknown as NodeJS.WriteStream, stderr: stream as unknown as NodeJS.WriteStream, patchConsole: false, exitOnCtrlC: false, maxFps: FRAMES });
      else ink.rerender(tree);
      shown = frame === null ? [] : [...frame.header, ...frame.body, ...frame.footer];
    },
    resize: () => {
      const rows = shown.length === 0 || terminal.stops() !== stops ? 0 : rowsOn(shown, terminal.columns());
      release();
      if (rows > 0) terminal.write(eraseRows(rows));
    },
    close: () => {
      ink?.unmount();
      ink = null;
    },
  };
}
