import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend, BackendEvent, BackendRequest } from '../contract.js';
import { oneLine } from '../one-line.js';
import type { Cause, Circuit, Entry } from './circuit.js';

/** Who listens hears at least this often that nothing is wrong, and a circuit that closes early is seen as soon. */
const BEAT_MS = 1000;

const seconds = (ms: number): string => String(Math.ceil(ms / 1000));

type Held = Extract<Entry, { wait: number }>;

/** The call goes out now. Left before its first word, it is left all the same. */
async function* sent(events: AsyncIterator<BackendEvent>): AsyncGenerator<BackendEvent> {
  try {
    yield { type: 'waiting', message: '' };
    yield* { [Symbol.asyncIterator]: () => events };
  } finally {
    await events.return?.();
  }
}

const reasonOf = (cause: Cause | undefined): string => (cause?.asked === true ? 'asked for it' : 'has failed several times in a row');

function refusal(id: string, cause: Cause | undefined, wait: number): BackendEvent {
  const retryAfterMs = Math.ceil(wait);
  // The provider's own word, passed on.
  if (cause?.asked === true) return { type: 'error', error: { code: cause.error.code, message: cause.error.message, retryAfterMs }, refused: true };
  const why = cause === undefined ? '' : `; last: ${cause.error.message}`;
  return { type: 'error', error: { code: 'backend-resting', message: oneLine(`${id} ${reasonOf(cause)} and is not asked for ${seconds(wait)} s${why}`), retryAfterMs }, refused: true };
}

/** Hears the events of a call go by. Not a generator: every event passes here, and that costs three promises less. */
function heard(circuit: Circuit, now: () => number, call: number, events: AsyncIterator<BackendEvent>): AsyncIterator<BackendEvent> {
  let told = false;
  let spoke = false;
  const left = (): void => {
    if (!told) circuit.left(call);
    told = true;
  };
  const hear = (result: IteratorResult<BackendEvent>): IteratorResult<BackendEvent> => {
    if (result.done === true) left();
    else if (result.value.type === 'error') {
      told = true;
      circuit.failed(call, result.value.error, now());
    } else if (result.value.type === 'finish') {
      if (result.value.reason === 'aborted') left();
      else circuit.succeeded();
      told = true;
    } else if (!spoke && result.value.type !== 'waiting') {
      spoke = true;
      circuit.answering(call);
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

/** The same backend, not called while its circuit is open: a call waits for it as long as its request may, and else fails at once with the time to wait. */
export function withCircuit(backend: Backend, circuit: Circuit, now: () => number): Backend {
  const begun = (call: number, request: BackendRequest, signal: AbortSignal): AsyncIterator<BackendEvent> => heard(circuit, now, call, backend.stream(request, signal)[Symbol.asyncIterator]());

  /** Waits until the call may be made, or is refused. What becomes of a call that tries is waited for in any case: that is known soon. */
  async function* held(first: Held, request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    const waitMs = circuit.cause()?.absent === true ? 0 : (request.waitMs ?? 0);
    const began = now();
    let message = first.tried ? `waits: ${backend.id} ${reasonOf(circuit.cause())}, and is being tried` : `waits ${seconds(first.wait)} s: ${backend.id} ${reasonOf(circuit.cause())}`;
    for (let entry: Entry = first, at = began; ; at = now(), entry = circuit.enter(at)) {
      if ('call' in entry) {
        yield* sent(begun(entry.call, request, signal));
        return;
      }
      if (waitMs === 0 || (!entry.tried && at - began + entry.wait > waitMs)) {
        yield refusal(backend.id, circuit.cause(), entry.wait);
        return;
      }
      yield { type: 'waiting', message, unsent: true };
      message = '';
      await sleep(Math.min(Math.ceil(entry.wait), BEAT_MS), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        yield { type: 'finish', reason: 'aborted' };
        return;
      }
    }
  }

  return {
    ...backend,
    stream: (request, signal) => ({
      [Symbol.asyncIterator]: () => {
        const entry = circuit.enter(now());
        return 'call' in entry ? begun(entry.call, request, signal) : held(entry, request, signal);
      },
    }),
  };
}
