export interface SilenceWatch {
  /** Something was heard: the time begins anew. */
  readonly hear: () => void;
  readonly end: () => void;
}

/** Calls `giveUp` once nothing was heard for so many ms. While this process was busy or held up somebody may well have spoken: what has come by then is heard first. */
export function watchSilence(ms: number, giveUp: () => void): SilenceWatch {
  let spoke = false;
  let look: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    spoke = false;
    // Timers come before what has arrived meanwhile, immediates after it.
    look = setImmediate(() => {
      if (!spoke) giveUp();
    });
  }, ms);
  return {
    hear: () => {
      spoke = true;
      timer.refresh();
    },
    end: () => {
      clearTimeout(timer);
      clearImmediate(look);
    },
  };
}
