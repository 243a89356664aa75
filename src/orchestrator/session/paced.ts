/** Does something at once, but not within `gapMs` of the last time: what is asked for in between is done once, when the gap is over. */
export interface Paced {
  readonly ask: () => void;
  readonly stop: () => void;
}

/** `last` is when it was done last, in ms of `performance.now()`. No timer of it holds the process. */
export function createPaced(gapMs: number, work: () => void, last = -Infinity): Paced {
  let timer: NodeJS.Timeout | null = null;
  const go = (): void => {
    timer = null;
    last = performance.now();
    work();
  };
  return {
    ask: () => {
      if (timer !== null) return;
      const wait = last + gapMs - performance.now();
      if (wait <= 0) go();
      else timer = setTimeout(go, wait).unref();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
