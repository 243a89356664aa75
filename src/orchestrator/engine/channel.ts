/** How many items may wait for the reader before producers are asked to pause. */
const HIGH_WATER = 4096;
/** How much they may hold together, in whatever they are weighed. */
const HIGH_WEIGHT = 1_000_000;

/** Many pushers, one reader. Pushing never blocks; whoever can wait asks `ready` first, so that a slow reader slows the sources instead of filling memory. */
export interface Channel<Item> {
  readonly push: (items: readonly Item[]) => void;
  /** Undefined while the reader keeps up, else a promise for when it has. */
  readonly ready: () => Promise<void> | undefined;
  readonly close: (error?: unknown) => void;
  /** The reader has left: what is pushed from now on is dropped. */
  readonly drop: () => void;
  /** What has come since the last time, once there is something; undefined after the end. Rejects when the channel was closed with an error. */
  readonly next: () => Promise<readonly Item[] | undefined>;
}

interface Gate {
  /** The same promise for all who wait until the gate opens next. */
  readonly wait: () => Promise<void>;
  readonly open: () => void;
}

function createGate(): Gate {
  let waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;
  return {
    wait: () => {
      if (waiting === null) {
        let resolve = (): void => undefined;
        const promise = new Promise<void>((done) => {
          resolve = done;
        });
        waiting = { promise, resolve };
      }
      return waiting.promise;
    },
    open: () => {
      waiting?.resolve();
      waiting = null;
    },
  };
}

/** `weigh` says how much an item holds: many small ones may wait, but not as many large ones. */
export function createChannel<Item>(weigh: (item: Item) => number = () => 0): Channel<Item> {
  let queue: Item[] = [];
  let weight = 0;
  let state: 'open' | 'dropped' | 'closed' = 'open';
  let failure: { readonly error: unknown } | null = null;
  const arrival = createGate();
  const drained = createGate();
  return {
    push: (items) => {
      if (state !== 'open') return;
      for (const item of items) {
        queue.push(item);
        weight += weigh(item);
      }
      arrival.open();
    },
    ready: () => (state === 'open' && (queue.length >= HIGH_WATER || weight >= HIGH_WEIGHT) ? drained.wait() : undefined),
    close: (error) => {
      if (error !== undefined) failure = { error };
      state = 'closed';
      arrival.open();
    },
    drop: () => {
      state = 'dropped';
      queue = [];
      drained.open();
    },
    next: async () => {
      while (queue.length === 0) {
        if (failure !== null) throw failure.error;
        if (state === 'closed') return undefined;
        await arrival.wait();
      }
      const batch = queue;
      queue = [];
      weight = 0;
      drained.open();
      return batch;
    },
  };
}
