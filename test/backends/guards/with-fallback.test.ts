import { describe, expect, it } from '@jest/globals';
import type { Backend, BackendEvent } from '../../../src/backends/contract.js';
import { withFallback } from '../../../src/backends/guards/with-fallback.js';
import type { ErrorCode } from '../../../src/errors.js';
import { collect, eventsOf, requestOf, textOf } from '../../support/backend-collect.js';

const saying = (id: string, ...events: readonly BackendEvent[]): Backend => ({
  id,
  model: `${id}-1`,
   
  async *stream() {
    yield* events;
  },
});

const failure = (code: ErrorCode): BackendEvent => ({ type: 'error', error: { code, message: `${code} here` } });
const text = (words: string): BackendEvent => ({ type: 'text-delta', text: words });
const usage: BackendEvent = { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } };
const stop: BackendEvent = { type: 'finish', reason: 'stop' };

describe('a backend with others behind it', () => {
  it('is the one that answers as long as it can', async () => {
    expect(await collect(withFallback(saying('one', text('x'), usage, stop), [saying('two', failure('internal'))]))).toEqual([text('x'), usage, stop]);
  });

  it('hands over what it fails at before it has said anything, and says so; usage names who answered', async () => {
    const backend = withFallback(saying('one', usage, failure('backend-overloaded')), [saying('two', failure('backend-rejected')), saying('three', text('y'), usage, stop)]);
    const events = await collect(backend);
    expect(textOf(events)).toBe('y');
    expect(eventsOf(events, 'waiting').map(({ message }) => message)).toEqual(['two (two-1) takes over: backend-overloaded here', 'three (three-1) takes over: backend-rejected here']);
    expect(eventsOf(events, 'usage').at(-1)?.usage).toEqual({ inputTokens: 1, outputTokens: 2, by: { backend: 'three', model: 'three-1' } });
    expect(events.filter(({ type }) => type === 'finish' || type === 'error')).toHaveLength(1);
    expect([backend.id, backend.model]).toEqual(['one', 'one-1']);
  });

  it('keeps a failure that comes after the first word, the last one of all, and what no other may mend', async () => {
    const second = saying('two', text('no'), stop);
    expect((await collect(withFallback(saying('one', text('x'), failure('backend-reset')), [second]))).at(-1)).toEqual(failure('backend-reset'));
    expect((await collect(withFallback(saying('one', failure('backend-reset')), [saying('two', failure('backend-silent'))]))).at(-1)).toEqual(failure('backend-silent'));
    expect(await collect(withFallback(saying('one', failure('reply-filtered')), [second]))).toEqual([failure('reply-filtered')]);
  });

  it('hands nothing over once it was aborted', async () => {
    const stopped = new AbortController();
    stopped.abort();
    expect(await collect(withFallback(saying('one', failure('backend-reset')), [saying('two', stop)]), requestOf(), stopped.signal)).toEqual([failure('backend-reset')]);
  });

  it('has cost nothing only where nobody was at work', async () => {
    const refusal = (code: ErrorCode): BackendEvent => ({ ...failure(code), refused: true } as BackendEvent);
    expect((await collect(withFallback(saying('one', refusal('backend-overloaded')), [saying('two', refusal('backend-rejected'))]))).at(-1)).toEqual(refusal('backend-rejected'));
    expect((await collect(withFallback(saying('one', failure('backend-reset')), [saying('two', refusal('backend-rejected'))]))).at(-1)).toEqual(failure('backend-rejected'));
  });
});
