import { writeSync } from 'node:fs';
import { emitKeypressEvents, type Interface } from 'node:readline';
import type { Key } from './keys.js';
import { keyReader } from './read-keys.js';

/** A terminal as the view uses it. */
export interface Terminal {
  readonly columns: () => number;
  readonly rows: () => number;
  readonly write: (text: string) => void;
  /** Whether keys are heard. */
  readonly keys: boolean;
  /** Begins: raw input, pasted text marked as such. `onKey`, `onResize` and `onResume` are called from then on. */
  readonly open: (listen: Listeners) => void;
  /** The keys come here again, though somebody else has read lines meanwhile. */
  readonly listen: () => void;
  /** Stops the process as Ctrl-Z does, the terminal as it was found. */
  readonly suspend: () => void;
  /** How often the process was stopped: whoever drew before that does not know what stands there now. */
  readonly stops: () => number;
  /** Leaves the terminal as it was found. Any number of times. */
  readonly close: () => void;
}

export interface Listeners {
  readonly onKey: (key: Key) => void;
  readonly onResize: () => void;
  /** The process was stopped and goes on: the screen has to be drawn anew. */
  readonly onResume: () => void;
  /** No key comes any more: the terminal is gone, or Ctrl-D was pressed before it was ours. */
  readonly onEnd?: () => void;
}

const [PASTE_ON, PASTE_OFF, SHOW_CURSOR] = ['\u001b[?2004h', '\u001b[?2004l', '\u001b[?25h'];
/** How long an escape character waits to become more than the Esc key. */
const ESCAPE_MS = 50;

type Output = NodeJS.WriteStream & { readonly fd: number };

/** Sets the input's mode and writes what goes with it; a terminal that is gone is none of our trouble. */
function modes(output: Output, input: NodeJS.ReadStream | null): { readonly take: () => void; readonly give: () => void } {
  const setRaw = (wanted: boolean): void => {
    if (input !== null && input.isRaw !== wanted) input.setRawMode(wanted);
  };
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch {
      // There is no terminal any more.
    }
  };
  return {
    take: () => {
      quietly(() => {
        setRaw(true);
        if (input !== null) writeSync(output.fd, PASTE_ON);
      });
    },
    give: () => {
      quietly(() => {
        setRaw(false);
      });
      // At the end of the process nothing else is written any more.
      quietly(() => writeSync(output.fd, `${input === null ? '' : PASTE_OFF}${SHOW_CURSOR}`));
    },
  };
}

/** The process's terminal: drawn on `output`, keys from `input` when it is a terminal too. */
export function processTerminal(output: Output, input: NodeJS.ReadStream | null): Terminal {
  let release: (() => void) | null = null;
  const { take, give } = modes(output, input);
  const stops = { count: 0, isCounted: false };
  const stop = (): void => {
    give();
    // Timers may come before SIGCONT is heard of, and draw.
    stops.count += 1;
    stops.isCounted = true;
    process.kill(process.pid, 'SIGSTOP');
  };
  const open: Terminal['open'] = ({ onKey, onResize, onResume, onEnd = () => undefined }) => {
    const onPress = keyReader(onKey);
    const resume = (): void => {
      if (!stops.isCounted) stops.count += 1;
      stops.isCounted = false;
      take();
      onResume();
    };
    if (input !== null) {
      emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
      input.on('keypress', onPress).on('end', onEnd);
      input.resume();
      if (input.readableEnded) setImmediate(onEnd);
    }
    take();
    output.on('resize', onResize);
    process.on('SIGTSTP', stop).on('SIGCONT', resume).on('exit', give);
    release = () => {
      input?.off('keypress', onPress).off('end', onEnd);
      input?.pause();
      output.off('resize', onResize);
      process.off('SIGTSTP', stop).off('SIGCONT', resume).off('exit', give);
    };
  };
  return {
    columns: () => Math.max(1, output.columns || 80),
    rows: () => Math.max(1, output.rows || 24),
    write: (text) => {
      output.write(text);
    },
    keys: input !== null,
    open,
    listen: () => {
      take();
      input?.resume();
    },
    stops: () => stops.count,
    // The whole foreground group, as the terminal itself would: a pipeline stops as one.
    suspend: () => {
      process.kill(0, 'SIGTSTP');
    },
    close: () => {
      if (release === null) return;
      release();
      release = null;
      give();
    },
  };
}
