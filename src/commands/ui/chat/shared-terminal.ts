import type { Key } from '../live/keys.js';
import type { Listeners, Terminal } from '../live/terminal.js';

/** A terminal that several views use one after the other, and that nobody else gets in between. */
export interface SharedTerminal extends Terminal {
  /** Takes the terminal before anybody listens. */
  readonly take: () => void;
  /** Gives whoever listens what was typed while nobody did. */
  readonly catchUp: () => void;
  /** Leaves the terminal as it was found; `open` takes it again. */
  readonly release: () => void;
}

/** More was typed ahead than anybody means. */
const MOST_KEYS = 5000;

/** `interrupt` is what Ctrl-C does while nobody listens. */
export function sharedTerminal(terminal: Terminal, interrupt: () => void): SharedTerminal {
  let listener: Listeners | null = null;
  let taken = false;
  let isOver = false;
  const early: Key[] = [];
  const onKey = (key: Key): void => {
    if (listener !== null) listener.onKey(key);
    else if (key.ctrl === true && key.name === 'c') interrupt();
    else if (key.ctrl === true && key.name === 'z') terminal.suspend();
    else if (early.length < MOST_KEYS) early.push(key);
  };
  const take = (): void => {
    if (taken) return;
    taken = true;
    terminal.open({
      onKey,
      onResize: () => listener?.onResize(),
      onResume: () => listener?.onResume(),
      onEnd: () => {
        isOver = true;
        listener?.onEnd?.();
      },
    });
  };
  return {
    ...terminal,
    take,
    open: (listen) => {
      listener = listen;
      if (isOver) listen.onEnd?.();
      take();
    },
    catchUp: () => {
      while (listener !== null && early.length > 0) {
        const key = early.shift();
        if (key !== undefined) listener.onKey(key);
      }
    },
    close: () => {
      listener = null;
    },
    release: () => {
      listener = null;
      taken = false;
      terminal.close();
    },
  };
}
