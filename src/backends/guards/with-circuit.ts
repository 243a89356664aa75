import type { Backend, BackendEvent, BackendRequest } from '../contract.js';
import { oneLine } from '../one-line.js';
import type { Circuit } from './circuit.js';

const seconds = (ms: number): string => String(Math.ceil(ms / 1000));

/** The same backend, not called while its circuit is open: the call then fails at once with the time to wait. */
export function withCircuit(backend: Backend, circuit: Circuit, now: () => number): Backend {
  async function* stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    const wait = circuit.refuses(now());
    if (wait !== undefined) {
      const why = circuit.lastError()?.message ?? '';
      const message = oneLine(`${backend.id} has failed several times in a row and is not asked for ${seconds(wait)} s${why === '' ? '' : `; last: ${why}`}`);
      yield { type: 'error', error: { code: 'backend-unavailable', message, retryAfterMs: wait } };
      return;
    }
    let told = false;
    try {
      for await (const event of backend.stream(request, signal)) {
        if (event.type === 'error') circuit.failed(event.error, now());
        else if (event.type === 'finish' && event.reason !== 'aborted') circuit.succeeded();
        told ||= event.type === 'error' || event.type === 'finish';
        if (event.type === 'finish' && event.reason === 'aborted') circuit.left();
        yield event;
      }
    } finally {
      if (!told) circuit.left();
    }
  }
  return { ...backend, stream };
}
