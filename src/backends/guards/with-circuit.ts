import type { Backend, BackendEvent } from '../contract.js';
import { oneLine } from '../one-line.js';
import type { Circuit } from './circuit.js';

const seconds = (ms: number): string => String(Math.ceil(ms / 1000));

/** The same backend, not called while its circuit is open: the call then fails at once with the time to wait. */
export function withCircuit(backend: Backend, circuit: Circuit, now: () => number): Backend {
  function refusal(wait: number): BackendEvent {
    const why = circuit.lastError()?.message ?? '';
    const message = oneLine(`${backend.id} has failed several times in a row and is not asked for ${seconds(wait)} s${why === '' ? '' : `; last: ${why}`}`);
    return { type: 'error', error: { code: 'backend-unavailable', message, retryAfterMs: wait } };
  }

  /** Hears the events go by. Not a generator: every event passes here, and that costs three promises less. */
  function heard(events: AsyncIterator<BackendEvent>): AsyncIterator<BackendEvent> {
    let told = false;
    const left = (): void => {
      if (!told) circuit.left();
      told = true;
    };
    const hear = (result: IteratorResult<BackendEvent>): IteratorResult<BackendEvent> => {
      if (result.done === true) left();
      else if (result.value.type === 'error') {
        told = true;
        circuit.failed(result.value.error, now());
      } else if (result.value.type === 'finish') {
        if (result.value.reason === 'aborted') left();
        else circuit.succeeded();
        told = true;
      }
      return result;
    };
    return {
      next: () => events.next().then(hear),
      return: async () => {
        left();
        await events.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  return {
    ...backend,
    stream: (request, signal) => ({
      [Symbol.asyncIterator]: () => {
        const wait = circuit.refuses(now());
        return wait === undefined ? heard(backend.stream(request, signal)[Symbol.asyncIterator]()) : oneEvent(refusal(wait));
      },
    }),
  };
}

function oneEvent(event: BackendEvent): AsyncIterator<BackendEvent> {
  let said = false;
  return {
    next: () => {
      const result: IteratorResult<BackendEvent> = said ? { done: true, value: undefined } : { done: false, value: event };
      said = true;
      return Promise.resolve(result);
    },
  };
}
