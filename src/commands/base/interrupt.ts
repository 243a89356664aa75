export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops the run for another reason than a signal. */
  readonly stop: (reason: string) => void;
  readonly release: () => void;
}

/** Turns signals into an abort: the first stops the run in order, the second leaves at once with exit code 4. */
export function onInterrupt(tell: (text: string) => void): Interrupt {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const listen = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      // eslint-disable-next-line no-restricted-properties, no-restricted-syntax -- the user asked twice: nothing may hold the process
      process.exit(4);
    }
    tell(`massgen: stopping on ${name}; once more to leave at once\n`);
    controller.abort(name);
  };
  for (const name of names) process.on(name, listen);
  return {
    signal: controller.signal,
    stop: (reason) => {
      controller.abort(reason);
    },
    release: () => {
      for (const name of names) process.off(name, listen);
    },
  };
}
