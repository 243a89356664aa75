import type { RunEvent } from '../protocol.js';
import { createChannel } from './channel.js';
import { runEngine, type EngineDeps, type RunStart } from './run-engine.js';

export type StreamDeps = Omit<EngineDeps, 'publish' | 'ready'> & {
  /** Called once when the run has ended and nothing will be appended any more. */
  readonly release: () => void;
};

/** What may be long of an event that comes often. */
const lengthOf = (event: RunEvent): number => (event.type === 'text-delta' || event.type === 'reasoning-delta' ? event.text.length : 0);

/** The events of one run, each stored before it is yielded, `run-end` last. Leaving the loop cancels the run and waits until its log is complete. */
export async function* streamRun(start: RunStart, deps: StreamDeps, signal?: AbortSignal): AsyncGenerator<RunEvent, void, undefined> {
  const channel = createChannel<RunEvent>(lengthOf);
  const leave = new AbortController();
  const forward = (): void => {
    leave.abort(signal?.reason);
  };
  if (signal?.aborted === true) forward();
  signal?.addEventListener('abort', forward);
  const { push: publish, ready } = channel;
  const ended = runEngine(start, { ...deps, publish, ready }, leave.signal).then(
    () => {
      channel.close();
    },
    (thrown: unknown) => {
      channel.close(thrown);
    },
  );
  try {
    // Not `yield*`, which makes two promises more of each event.
    for (let batch = await channel.next(); batch !== undefined; batch = await channel.next()) for (const event of batch) yield event;
  } finally {
    signal?.removeEventListener('abort', forward);
    leave.abort('reader left');
    channel.drop();
    await ended;
    deps.release();
  }
}
