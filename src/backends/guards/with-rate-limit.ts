import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend, BackendEvent, BackendRequest, Usage } from '../contract.js';
import type { Lease, RateLimiter } from './rate-limiter.js';

/** Who listens hears at least this often that nothing is wrong. */
const BEAT_MS = 1000;
const CHARACTERS_PER_TOKEN = 4;
const REPLY_TOKENS = 1000;

const estimate = ({ messages, tools }: BackendRequest): number => Math.ceil((JSON.stringify(messages).length + JSON.stringify(tools).length) / CHARACTERS_PER_TOKEN) + REPLY_TOKENS;

/** The same backend, called no more often than its limit allows; while a call waits it says so. */
export function withRateLimit(backend: Backend, limiter: RateLimiter): Backend {
  async function* stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent> {
    const call = new AbortController();
    const abort = (): void => {
      call.abort();
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    let lease: Lease | undefined;
    let usage: Usage | undefined;
    const entered = limiter.enter(estimate(request), call.signal).then(
      (given) => {
        lease = given;
        return true;
      },
      () => true,
    );
    try {
      let beats = 0;
      for (; !(await Promise.race([entered, sleep(BEAT_MS, false, { ref: false })])); beats++) {
        yield { type: 'waiting', message: beats === 0 ? `waits for the rate limit of ${backend.id} (${backend.model})` : '', unsent: true };
      }
      if (beats > 0) yield { type: 'waiting', message: '' };
      if (signal.aborted) yield { type: 'finish', reason: 'aborted' };
      else yield* measured(backend.stream(request, signal), (latest) => (usage = latest));
    } finally {
      signal.removeEventListener('abort', abort);
      lease?.leave(usage === undefined ? undefined : usage.inputTokens + usage.outputTokens);
      call.abort();
    }
  }
  return { ...backend, stream };
}

async function* measured(events: AsyncIterable<BackendEvent>, note: (usage: Usage) => void): AsyncGenerator<BackendEvent> {
  for await (const event of events) {
    if (event.type === 'usage') note(event.usage);
    yield event;
  }
}
