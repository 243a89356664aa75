import type { ErrorCode, ErrorData } from '../../errors.js';
import type { Backend, BackendEvent, BackendRequest } from '../contract.js';
import { oneLine } from '../one-line.js';

/** Failures that are nobody else's to mend: what was filtered is not taken elsewhere, and our own faults stay ours. */
const FINAL: readonly ErrorCode[] = ['reply-filtered', 'internal', 'run-cancelled', 'script-mismatch'];

const isMendable = (error: ErrorData, signal: AbortSignal): boolean => !signal.aborted && !FINAL.includes(error.code);

/** What of a call in the place of others is told otherwise: who answered, and that a refusal is not all that was done, where one of them may have been at work. */
function told(event: BackendEvent, backend: Backend, place: number, worked: boolean): BackendEvent {
  if (event.type === 'error' && worked) return { type: 'error', error: event.error };
  return event.type === 'usage' && place > 0 ? { ...event, usage: Object.assign({}, event.usage, { by: { backend: backend.id, model: backend.model } }) } : event;
}

/**
 * The first backend, and where it fails before it has said anything, the next one in its place. What was passed on stays:
 * a failure after that is the call's own. Usage names the backend that took over, for its price. Nobody waits for a backend
 * that another stands in for.
 */
export function withFallback(first: Backend, others: readonly Backend[]): Backend {
  async function* stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    const backends = [first, ...others];
    const atOnce = Object.assign({}, request, { waitMs: 0 });
    let worked = false;
    for (const [place, backend] of backends.entries()) {
      const next = backends[place + 1];
      let passedOn = false;
      let failed = false;
      for await (const event of backend.stream(next === undefined ? request : atOnce, signal)) {
        if (event.type === 'error' && !passedOn && next !== undefined && isMendable(event.error, signal)) {
          failed = true;
          worked ||= event.refused !== true;
          yield { type: 'waiting', message: oneLine(`${next.id} (${next.model}) takes over: ${event.error.message}`) };
          break;
        }
        passedOn ||= event.type !== 'waiting' && event.type !== 'usage';
        yield told(event, backend, place, worked);
      }
      if (!failed) return;
    }
  }
  return { ...first, stream };
}
