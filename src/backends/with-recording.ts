import type { Backend, BackendEvent, BackendRequest } from './contract.js';

/** Takes what one call said, once it is over or was left. */
export type RecordingSink = (request: BackendRequest, events: readonly BackendEvent[]) => void;

/** The same backend, and every call's events go to the sink as well. */
export function withRecording(backend: Backend, sink: RecordingSink): Backend {
  async function* stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    const said: BackendEvent[] = [];
    try {
      for await (const event of backend.stream(request, signal)) {
        said.push(event);
        yield event;
      }
    } finally {
      sink(request, said);
    }
  }
  return { ...backend, stream };
}
