import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Backend, BackendEvent } from '../../../src/backends/contract.js';
import { performCall, type CallOptions } from '../../../src/orchestrator/engine/perform-call.js';
import type { CallResult, DisplayEvent } from '../../../src/orchestrator/protocol.js';
import { deaf, error, fakeBackend, finish, hang, say, text, toolCall, usage, type Step } from '../../support/fake-backend.js';

interface Heard {
  readonly result: CallResult;
  readonly shown: readonly DisplayEvent[];
}

async function call(backend: Backend, change: Partial<CallOptions> = {}): Promise<Heard> {
  const shown: DisplayEvent[] = [];
  const result = await performCall({
    backend,
    request: { messages: [{ role: 'user', content: 'x'.repeat(80) }], tools: [], toolChoice: 'auto', callIndex: 0 },
    ref: { agent: 'a', turn: 1, call: 1 },
    controller: new AbortController(),
    idleMs: 1000,
    drafts: true,
    show: (event) => shown.push(event),
    ready: () => undefined,
    ...change,
  });
  return { result, shown };
}

const backendOf = (stream: Backend['stream']): Backend => ({ id: 'odd', model: 'm', stream });

describe('a call', () => {
  it('gives what was said, verbatim', async () => {
    const items = [{ wire: 'w', item: { signed: true } }];
    const { result } = await call(fakeBackend([text('a'), text('b'), ...toolCall('vote', '{"agent_id": "agent1"}'), usage(3, 4), { type: 'finish', reason: 'tool-calls', items }]));
    expect(result).toEqual({ end: 'finish', reason: 'tool-calls', text: 'ab', toolCalls: [{ id: 'vote_1', name: 'vote', argumentsText: '{"agent_id": "agent1"}' }], items, usage: { inputTokens: 3, outputTokens: 4 }, usageSource: 'reported' });
  });

  it('fails with what the provider said', async () => {
    const { result } = await call(fakeBackend([text('so '), error('backend-overloaded', { retryAfterMs: 7, status: 429 })]));
    expect(result).toMatchObject({ end: 'error', error: { code: 'backend-overloaded', retryAfterMs: 7, status: 429 }, draft: 'so ' });
  });

  it('costs nothing when it was refused or never arrived, and its guess when somebody may have been at work', async () => {
    const refused: BackendEvent = { type: 'error', error: { code: 'backend-overloaded', message: 'slow down' }, refused: true };
    const nothing = { usage: { inputTokens: 0, outputTokens: 0 }, usageSource: 'reported' };
    expect((await call(fakeBackend([refused]))).result).toMatchObject({ end: 'error', ...nothing });
    expect((await call(fakeBackend([{ type: 'waiting', message: '' }, refused]))).result).toMatchObject(nothing);
    expect((await call(fakeBackend([usage(3, 0), refused]))).result).toMatchObject({ usage: { inputTokens: 3 }, usageSource: 'reported' });
    for (const steps of [[error('backend-reset')], [text('so '), refused], [{ type: 'reasoning-delta', text: 'hm' } as const, refused]]) {
      const { result } = await call(fakeBackend(steps));
      expect(result.usageSource).toBe('estimated');
      expect(result.usage.inputTokens).toBeGreaterThan(0);
    }
  });

  it('costs nothing when it is aborted before it was sent, and its guess afterwards', async () => {
    const held: BackendEvent = { type: 'waiting', message: 'waits', unsent: true };
    const sent: BackendEvent = { type: 'waiting', message: '' };
    const abortedAfter = async (...steps: readonly Step[]): Promise<CallResult> => {
      const controller = new AbortController();
      const abort: Step = () => {
        controller.abort();
      };
      return (await call(fakeBackend([...steps, abort, hang]), { controller })).result;
    };
    expect(await abortedAfter(held)).toMatchObject({ end: 'aborted', usage: { inputTokens: 0 }, usageSource: 'reported' });
    for (const steps of [[], [held, sent]]) expect(await abortedAfter(...steps)).toMatchObject({ end: 'aborted', usage: { inputTokens: 20 }, usageSource: 'estimated' });
  });

  it('of a backend that throws at once, later or between events fails and says so', async () => {
    const thrown = [
      backendOf(() => {
        throw new Error('at once');
      }),
      backendOf(async function* (): AsyncGenerator<BackendEvent> {
        yield text('x');
        throw new Error('later');
      }),
    ];
    for (const backend of thrown) expect((await call(backend)).result).toMatchObject({ end: 'error', error: { code: 'internal', message: expect.stringMatching(/at once|later/u) } });
  });

  it('of a backend that ends without a last word is truncated', async () => {
    expect((await call(fakeBackend([text('and then')]))).result).toMatchObject({ end: 'error', error: { code: 'backend-truncated' }, text: 'and then', draft: 'and then' });
  });

  it('hears nothing after the last word', async () => {
    const { result, shown } = await call(fakeBackend([text('a'), finish(), text('b'), error('internal'), finish('length')]));
    expect(result).toMatchObject({ end: 'finish', reason: 'stop', text: 'a' });
    expect(shown).toHaveLength(1);
  });

  it.each([['obeys', hang], ['does not obey', deaf]])('ends at once when it is aborted, with its draft, though the backend %s', async (_what, step) => {
    const controller = new AbortController();
    const running = call(fakeBackend([text('my draft'), step]), { controller });
    await sleep(10);
    const before = performance.now();
    controller.abort();
    expect((await running).result).toMatchObject({ end: 'aborted', text: 'my draft', draft: 'my draft' });
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it('that is aborted before it begins calls nobody', async () => {
    const backend = fakeBackend(say('x'));
    const controller = new AbortController();
    controller.abort();
    expect((await call(backend, { controller })).result).toMatchObject({ end: 'aborted', usage: { inputTokens: 0 }, usageSource: 'reported' });
    expect(backend.requests).toEqual([]);
  });

  it('is given up after a silence, not for its length', async () => {
    const slow = Array.from({ length: 8 }, () => [40, text('.')]).flat();
    expect((await call(fakeBackend([...slow, finish()]), { idleMs: 200 })).result).toMatchObject({ end: 'finish', text: '........' });
    const controller = new AbortController();
    expect((await call(fakeBackend([text('.'), deaf]), { idleMs: 30, controller })).result).toMatchObject({ end: 'error', error: { code: 'backend-silent' } });
    expect(controller.signal.aborted).toBe(true);
  });

  it('is not silent while its backend says that it waits, and tells why once', async () => {
    const waiting = (message: string): BackendEvent => ({ type: 'waiting', message });
    const { result, shown } = await call(fakeBackend([waiting('waits for the rate limit'), 60, waiting(''), 60, waiting(''), 60, ...say('x')]), { idleMs: 100 });
    expect(result).toMatchObject({ end: 'finish', text: 'x' });
    expect(shown[0]).toEqual({ type: 'notice', level: 'info', message: 'a: waits for the rate limit' });
    expect(shown.filter(({ type }) => type === 'notice')).toHaveLength(1);
  });

  it('is not silent while its reader makes it wait', async () => {
    let waits = 0;
    const ready = (): Promise<void> | undefined => {
      waits += 1;
      return waits === 1 ? sleep(120) : undefined;
    };
    expect((await call(fakeBackend([text('a'), text('b'), finish()]), { idleMs: 40, ready })).result).toMatchObject({ end: 'finish', text: 'ab' });
  });

  it('is not read on while its reader is behind', async () => {
    const backend = fakeBackend([...Array.from({ length: 100 }, () => text('x')), finish()]);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const running = call(backend, { ready: () => gate });
    await sleep(20);
    expect(backend.spoken()).toBeLessThanOrEqual(2);
    open();
    expect((await running).result.text).toHaveLength(100);
  });
});

describe('a draft', () => {
  const abortAfter = async (steps: readonly Step[], change: Partial<CallOptions> = {}): Promise<CallResult> => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 15);
    return (await call(fakeBackend([...steps, hang]), { controller, ...change })).result;
  };

  it('is the longer of the text and the answer that was begun, never reasoning or a vote', async () => {
    const [begun] = [toolCall('new_answer', { content: 'the begun answer' }).slice(0, -1)];
    expect((await abortAfter([text('hm'), ...begun])).draft).toBe('the begun answer');
    expect((await abortAfter([text('a text that is longer than that'), ...begun])).draft).toBe('a text that is longer than that');
    expect((await abortAfter([{ type: 'reasoning-delta', text: 'long reasoning' }, ...toolCall('vote', { reason: 'content', content: 'x' })])).draft).toBeUndefined();
  });

  it('is the longest of several answers that were begun, not all of them in one', async () => {
    const two = [...toolCall('new_answer', { content: 'first' }, 4, 'one'), ...toolCall('new_answer', { content: 'the second' }, 4, 'two').slice(0, -1)];
    expect((await abortAfter(two)).draft).toBe('the second');
  });

  it('is kept of an answer that came in one piece', async () => {
    const argumentsText = '{"content":"all at once"}';
    const piece: readonly BackendEvent[] = [{ type: 'tool-call-start', id: 'x', name: 'new_answer' }, { type: 'tool-call-end', id: 'x', name: 'new_answer', argumentsText }];
    expect((await abortAfter(piece)).draft).toBe('all at once');
  });

  it('is none of a call that ended by itself, or that may not answer', async () => {
    expect((await call(fakeBackend(say('whole')))).result.draft).toBeUndefined();
    expect((await call(fakeBackend([text('cut'), finish('length')]))).result.draft).toBe('cut');
    expect((await abortAfter([text('my vote')], { drafts: false })).draft).toBeUndefined();
  });
});
