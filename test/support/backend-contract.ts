import { describe, expect, it } from '@jest/globals';
import type { Backend, BackendEvent } from '../../src/backends/contract.js';
import type { ErrorData } from '../../src/errors.js';
import { performCall } from '../../src/orchestrator/engine/perform-call.js';
import { callsOf, collect, eventsOf, reasoningOf, requestOf, spelled, textOf } from './backend-collect.js';

/** What the provider behind a backend does. */
export type Scenario =
  | 'text'
  | 'tool-call'
  | 'parallel-tool-calls'
  | 'reasoning'
  | 'length'
  | 'withheld'
  | 'cut-short'
  | 'unauthorized'
  | 'rate-limited'
  | 'unavailable'
  | 'reset'
  | 'garbage'
  | 'silence';

export interface BackendUnderTest {
  readonly name: string;
  /** A fresh backend whose provider does this. */
  readonly make: (scenario: Scenario) => Backend;
  /** Makes the backend without its key: must throw. */
  readonly makeWithoutKey: () => unknown;
  /** The key, which the provider repeats in its refusals. */
  readonly secret: string;
  /** The newest request that the provider got, as text. */
  readonly heard: () => string;
  /** Laws that cannot apply to this backend, and why. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
  /** What a test may take, where a call is a process. */
  readonly timeoutMs?: number;
}

const TEXT = 'Grüße, 世界 👋 — done.';
const THOUGHT = 'Let me think. Über…';
const ANSWER = { content: 'Grüße, 世界' };
/** One pixel. */
const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const BALLOT = { agent_id: 'agent2', reason: 'clearer' };

const errorOf = (events: readonly BackendEvent[]): ErrorData | undefined => eventsOf(events, 'error')[0]?.error;
const finishOf = (events: readonly BackendEvent[]): unknown => eventsOf(events, 'finish')[0]?.reason;

/** The law of backends, the same for each of them. */
export function describeBackend(subject: BackendUnderTest): void {
  const reasonFor = (name: string): string | undefined => subject.skip?.find(({ tests }) => tests.includes(name))?.reason;
  const test = (name: string, body: () => Promise<void> | void): void => {
    const reason = reasonFor(name);
    // A law that cannot apply is no test that was left out: it is shown with its reason, and has to give one.
    if (reason === undefined) it(name, body, subject.timeoutMs);
    else it(`${name}: does not apply, ${reason}`, () => expect(reason).toMatch(/\w+ \w+/));
  };
  const heard = new Map<Scenario, Promise<BackendEvent[]>>();
  /** What the backend says in a scenario; asked once, for it says the same every time. */
  const run = (scenario: Scenario): Promise<BackendEvent[]> => {
    const known = heard.get(scenario) ?? collect(subject.make(scenario));
    heard.set(scenario, known);
    return known;
  };

  describe(`${subject.name} keeps the contract of backends`, () => {
    const all: readonly Scenario[] = ['text', 'tool-call', 'parallel-tool-calls', 'reasoning', 'length', 'withheld', 'cut-short', 'unauthorized', 'rate-limited', 'unavailable', 'reset', 'garbage'].filter((scenario): scenario is Scenario => reasonFor(scenario) === undefined);
    test('ends with exactly one terminal event', async () => {
      for (const scenario of all) {
        const events = await run(scenario);
        const terminal = events.filter(({ type }) => type === 'finish' || type === 'error');
        expect({ scenario, terminal: terminal.length, last: events.at(-1) === terminal[0] }).toEqual({ scenario, terminal: 1, last: true });
      }
    });

    test('streams text', async () => {
      const events = await run('text');
      expect(textOf(events)).toBe(TEXT);
      expect(eventsOf(events, 'text-delta').length).toBeGreaterThan(1);
      expect(finishOf(events)).toBe('stop');
    });

    test('joins a tool call sent in pieces', async () => {
      const events = await run('tool-call');
      const [call, ...others] = callsOf(events);
      expect(others).toEqual([]);
      expect(call?.name).toBe('new_answer');
      expect(JSON.parse(call?.argumentsText ?? '')).toEqual(ANSWER);
      expect(spelled(events, call?.id ?? '')).toBe(call?.argumentsText);
      expect(eventsOf(events, 'tool-call-start')).toEqual([{ type: 'tool-call-start', id: call?.id, name: 'new_answer' }]);
      expect(finishOf(events)).toBe('tool-calls');
    });

    test('keeps parallel tool calls apart', async () => {
      const events = await run('parallel-tool-calls');
      const calls = callsOf(events);
      expect(calls.map(({ name }) => name)).toEqual(['new_answer', 'vote']);
      expect(calls.map(({ argumentsText }) => JSON.parse(argumentsText) as unknown)).toEqual([ANSWER, BALLOT]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
      for (const call of calls) expect(spelled(events, call.id)).toBe(call.argumentsText);
    });

    test('tells reasoning from text', async () => {
      const events = await run('reasoning');
      expect(reasoningOf(events)).toBe(THOUGHT);
      expect(textOf(events)).toBe(TEXT);
    });

    test('sends images', async () => {
      const image = { type: 'image', mediaType: 'image/png', base64: IMAGE } as const;
      await collect(subject.make('text'), requestOf({ messages: [{ role: 'user', content: [{ type: 'text', text: 'look' }, image] }] }));
      expect(subject.heard()).toContain(IMAGE);
    });

    test('says why a reply ended early', async () => {
      expect(finishOf(await run('length'))).toBe('length');
    });

    test('says that a reply was withheld', async () => {
      const events = await run('withheld');
      expect(finishOf(events) ?? errorOf(events)?.code).toMatch(/^(?:content-filter|refusal|reply-filtered)$/);
    });

    test('reports usage', async () => {
      const usage = eventsOf(await run('text'), 'usage').at(-1)?.usage;
      expect(usage).toMatchObject({ inputTokens: 120, outputTokens: 30 });
    });

    test('takes a stream cut short for an error, not for a finish', async () => {
      const events = await run('cut-short');
      expect(errorOf(events)).toMatchObject({ code: 'backend-truncated' });
      expect(textOf(events)).not.toBe('');
    });

    test('takes 401 for a refused key', async () => {
      expect(errorOf(await run('unauthorized'))).toMatchObject({ code: 'backend-rejected', ...(subject.timeoutMs === undefined ? { status: 401 } : {}) });
    });

    test('takes 429 for overload and passes the wish to wait on', async () => {
      expect(errorOf(await run('rate-limited'))).toMatchObject({ code: 'backend-overloaded', status: 429, retryAfterMs: 3000 });
    });

    test('takes 503 for an outage', async () => {
      expect(errorOf(await run('unavailable'))).toMatchObject({ code: 'backend-unavailable', status: 503 });
    });

    test('takes a broken connection for a reset', async () => {
      const events = await run('reset');
      expect(errorOf(events)).toMatchObject({ code: 'backend-reset' });
      expect(textOf(events)).not.toBe('');
    });

    test('takes a frame it cannot read for garbage', async () => {
      expect(errorOf(await run('garbage'))).toMatchObject({ code: 'backend-garbage' });
    });

    test('is given up when nothing more is heard of it', async () => {
      const controller = new AbortController();
      const options = { backend: subject.make('silence'), request: requestOf(), ref: { agent: 'a', turn: 1, call: 1 }, controller, idleMs: subject.timeoutMs === undefined ? 60 : 4000, drafts: false, show: () => undefined, ready: () => undefined };
      const result = await performCall(options);
      expect(result).toMatchObject({ end: 'error', error: { code: 'backend-silent' } });
      expect(controller.signal.aborted).toBe(true);
    });

    test('takes an abort for a finish', async () => {
      const stop = new AbortController();
      const events: BackendEvent[] = [];
      for await (const event of subject.make('silence').stream(requestOf(), stop.signal)) {
        events.push(event);
        setImmediate(() => {
          stop.abort();
        });
      }
      expect(textOf(events)).not.toBe('');
      expect(events.at(-1)).toEqual({ type: 'finish', reason: 'aborted' });
    });

    test('says nothing but the finish when aborted before the start', async () => {
      const stop = new AbortController();
      stop.abort();
      expect(await collect(subject.make('text'), requestOf(), stop.signal)).toEqual([{ type: 'finish', reason: 'aborted' }]);
    });

    test('can be left at any event', async () => {
      for await (const event of subject.make('silence').stream(requestOf(), new AbortController().signal)) {
        expect(event.type).toBe('text-delta');
        break;
      }
    });

    test('says a missing key before any call is made', () => {
      expect(subject.makeWithoutKey).toThrow(expect.objectContaining({ code: 'key-missing' }));
    });

    test('never shows a key', async () => {
      for (const scenario of (['unauthorized', 'rate-limited', 'unavailable'] as const).filter((each) => all.includes(each))) {
        const said = JSON.stringify(await run(scenario));
        expect(said).not.toContain(subject.secret);
        expect(said).toContain('[key]');
      }
    });
  });
}
