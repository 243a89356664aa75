import type { RunEvent } from '../protocol.js';
import { createChannel } from './channel.js';
import { runEngine, type EngineDeps, type RunStart } from './run-engine.js';

export type StreamDeps = Omit<EngineDeps, 'publish' | 'ready'>;

/** The events of one run, each stored before it is yielded, `run-end` last. Leaving the loop cancels the run and waits until its log is complete. */
export async function* streamRun(start: RunStart, deps: StreamDeps, signal?: AbortSignal): AsyncGenerator<RunEvent, void, undefined> {
  const channel = createChannel<RunEvent>();
  const leave = new AbortController();
  const forward = (): void => {
    leave.abort(signal?.reason);
  };
  if (signal?.aborted === true) forward();
  signal?.addEventListener('abort', forward);
  const ended = runEngine(start, { ...deps, publish: channel.push, ready: channel.ready }, leave.signal).then(
    () => {
      channel.close();
    },
    (thrown: unknown) => {
      channel.close(thrown);
    },
  );
  try {
    yield* channel.read();
  } finally {
    signal?.removeEventListener('abort', forward);
    leave.abort('reader left');
    channel.drop();
    await ended;
  }
}
