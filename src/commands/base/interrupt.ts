export interface Interrupt {
  readonly signal: AbortSignal;
  /** From now on the first signal stops the run in order; before, there is nothing to keep and it leaves at once. */
  readonly begin: (tell: (text: string) => void) => void;
  /** Stops the run for another reason than a signal. */
  readonly stop: (reason: string) => void;
  readonly release: () => void;
}

/** Turns signals into an abort. A second one leaves at once, with exit code 4. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  let tell: ((text: string) => void) | null = null;
  const listen = (name: NodeJS.Signals): void => {
    if (tell === null || controller.signal.aborted) {
      // eslint-disable-next-line no-restricted-properties -- nothing may hold the process
      process.exit(4);
    }
    tell(`massgen: stopping on ${name}; once more to leave at once\n`);
    controller.abort(name);
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, listen);
  return {
    signal: controller.signal,
    begin: (say) => {
      tell = say;
    },
    stop: (reason) => {
      controller.abort(reason);
    },
    release: () => {
      for (const name of names) process.off(name, listen);
    },
  };
}
