import type { ErrorCode } from '../../errors.js';
import type { Backend, BackendEvent, BackendRequest } from '../contract.js';
import { oneLine } from '../one-line.js';

/** Failures that are nobody else's to mend: what was filtered is not taken elsewhere, and our own faults stay ours. */
const FINAL: readonly ErrorCode[] = ['reply-filtered', 'internal', 'run-cancelled', 'script-mismatch'];

/**
 * The first backend, and where it fails before it has said anything, the next one in its place. What was passed on stays:
 * a failure after that is the call's own. Usage names the backend that took over, for its price.
 */
export function withFallback(first: Backend, others: readonly Backend[]): Backend {
  async function* stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    const backends = [first, ...others];
    for (const [place, backend] of backends.entries()) {
      const next = backends[place + 1];
      let passedOn = false;
      let failed = false;
      for await (const event of backend.stream(request, signal)) {
        if (event.type === 'error' && !passedOn && next !== undefined && !signal.aborted && !FINAL.includes(event.error.code)) {
          failed = true;
          yield { type: 'waiting', message: oneLine(`${next.id} (${next.model}) takes over: ${event.error.message}`) };
          break;
        }
        passedOn ||= event.type !== 'waiting' && event.type !== 'usage';
        yield event.type === 'usage' && place > 0 ? { ...event, usage: Object.assign({}, event.usage, { by: { backend: backend.id, model: backend.model } }) } : event;
      }
      if (!failed) return;
    }
  }
  return { ...first, stream };
}
