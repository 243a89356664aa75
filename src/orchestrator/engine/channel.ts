/** How many events may wait for the reader before producers are asked to pause. */
const HIGH_WATER = 4096;

/** Many pushers, one reader. Pushing never blocks; whoever can wait asks `ready` first, so that a slow reader slows the sources instead of filling memory. */
export interface Channel<Item> {
  push(items: readonly Item[]): void;
  /** Undefined while the reader keeps up, else a promise for when it has. */
  ready(): Promise<void> | undefined;
  close(error?: unknown): void;
  /** The reader has left: what is pushed from now on is dropped. */
  drop(): void;
  /** What has come since the last time, once there is something; undefined after the end. Rejects when the channel was closed with an error. */
  next(): Promise<readonly Item[] | undefined>;
}

export function createChannel<Item>(): Channel<Item> {
  let queue: Item[] = [];
  let closed = false;
  let dropped = false;
  let failure: { readonly error: unknown } | null = null;
  let wakeReader: (() => void) | null = null;
  let drained: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;

  const wake = (): void => {
    wakeReader?.();
    wakeReader = null;
  };
  const release = (): void => {
    drained?.resolve();
    drained = null;
  };

  const takeAll = (): readonly Item[] => {
    const batch = queue;
    queue = [];
    release();
    return batch;
  };

  async function next(): Promise<readonly Item[] | undefined> {
    while (queue.length === 0) {
      if (failure !== null) throw failure.error;
      if (closed) return undefined;
      await new Promise<void>((resolve) => {
        wakeReader = resolve;
      });
    }
    return takeAll();
  }

  return {
    push: (items) => {
      if (dropped || closed) return;
      if (queue.length === 0) queue = [...items];
      else for (const item of items) queue.push(item);
      wake();
    },
    ready: () => {
      if (dropped || queue.length < HIGH_WATER) return undefined;
      if (drained === null) {
        let resolve = (): void => undefined;
        const promise = new Promise<void>((done) => {
          resolve = done;
        });
        drained = { promise, resolve };
      }
      return drained.promise;
    },
    close: (error) => {
      if (error !== undefined) failure = { error };
      closed = true;
      wake();
    },
    drop: () => {
      dropped = true;
      queue = [];
      release();
    },
    next,
  };
}
