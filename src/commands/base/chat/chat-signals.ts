/** Signals while nobody's agents work: in between, each turn has its own. */
export interface ChatSignals {
  /** Aborted by the first one that ends the conversation. */
  readonly gone: AbortController;
  /** What Ctrl-C does at the prompt of a terminal that is not raw; null to leave. */
  readonly interrupts: { onInterrupt: (() => void) | null };
  readonly busy: (isBusy: boolean) => void;
  readonly release: () => void;
}

export function chatSignals(): ChatSignals {
  const gone = new AbortController();
  const interrupts: ChatSignals['interrupts'] = { onInterrupt: null };
  let isBusy = false;
  const onInterrupt = (): void => {
    if (isBusy) return;
    if (interrupts.onInterrupt === null) gone.abort('SIGINT');
    else interrupts.onInterrupt();
  };
  const onStop = (name: NodeJS.Signals): void => {
    if (!isBusy) gone.abort(name);
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onStop).on('SIGHUP', onStop);
  return {
    gone,
    interrupts,
    busy: (now) => {
      isBusy = now;
    },
    release: () => {
      process.off('SIGINT', onInterrupt).off('SIGTERM', onStop).off('SIGHUP', onStop);
    },
  };
}
