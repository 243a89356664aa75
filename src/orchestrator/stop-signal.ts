/** What says that something is to end: every `AbortSignal` does. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface StopController {
  readonly signal: StopSignal;
  /** The first time counts. */
  readonly abort: (reason: unknown) => void;
}

class Stop implements StopSignal {
  aborted = false;
  reason: unknown = undefined;
  private listeners: (() => void)[] = [];

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners = this.listeners.filter((each) => each !== listener);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.listeners) listener();
  }
}

/** The same for those who need an AbortSignal. */
export function toAbortSignal(stop: StopSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(stop.reason);
  };
  if (stop.aborted) abort();
  else stop.addEventListener('abort', abort, { once: true });
  return controller.signal;
}

/** A stop signal at a tenth of an AbortController's cost (docs/decisions/0014), for those who make one a request. */
export function createStop(): StopController {
  const signal = new Stop();
  return {
    signal,
    abort: (reason) => {
      signal.abort(reason);
    },
  };
}
