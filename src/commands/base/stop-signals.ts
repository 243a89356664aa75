const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves to the first signal to stop; the next one ends the process there and then. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of NAMES) {
      process.on(name, () => {
        // eslint-disable-next-line no-restricted-properties -- nothing may hold the process
        if (asked) process.exit(4);
        asked = true;
        resolve(name);
      });
    }
  });
}
