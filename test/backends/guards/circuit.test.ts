import { describe, expect, it } from '@jest/globals';
import { createCircuit, type Circuit, type CircuitOptions } from '../../../src/backends/guards/circuit.js';
import { withCircuit } from '../../../src/backends/guards/with-circuit.js';
import { withFallback } from '../../../src/backends/guards/with-fallback.js';
import type { Backend, BackendEvent, BackendRequest } from '../../../src/backends/contract.js';
import type { ErrorData } from '../../../src/errors.js';
import { collect, requestOf } from '../../support/backend-collect.js';
import { error, fakeBackend, hang, say, text } from '../../support/fake-backend.js';

const OPTIONS: CircuitOptions = { failures: 3, openMs: 100, longestMs: 350, patienceMs: 1000 };
const DOWN: ErrorData = { code: 'backend-unavailable', message: 'down' };
const REJECTED: ErrorData = { code: 'backend-rejected', message: 'no' };
const asksToWait = (retryAfterMs: number): ErrorData => ({ code: 'backend-overloaded', message: 'slow down', retryAfterMs });

/** The number of a call that is let through. */
function enter(circuit: Circuit, now: number): number {
  const entry = circuit.enter(now);
  if ('wait' in entry) throw new Error(`it waits ${String(entry.wait)} ms`);
  return entry.call;
}

const fail = (circuit: Circuit, now: number, failure: ErrorData = DOWN): void => {
  circuit.failed(enter(circuit, now), failure, now);
};

/** Open from 0 to 100. */
function openCircuit(): Circuit {
  const circuit = createCircuit(OPTIONS);
  for (let failures = 0; failures < 3; failures++) fail(circuit, 0);
  return circuit;
}

describe('a circuit', () => {
  it('opens after so many failures in a row, and lets one call try when its time is over', () => {
    const circuit = createCircuit(OPTIONS);
    for (const now of [0, 1, 2]) fail(circuit, now);
    expect(circuit.enter(52)).toEqual({ wait: 50, tried: false });
    enter(circuit, 102);
    expect(circuit.enter(103)).toEqual({ wait: 1000, tried: true });
    circuit.succeeded();
    enter(circuit, 104);
  });

  it('stays open twice as long each time, and not for ever', () => {
    const circuit = openCircuit();
    let now = 0;
    for (const wait of [100, 200, 350, 350]) {
      expect(circuit.enter(now)).toEqual({ wait, tried: false });
      now += wait;
      fail(circuit, now);
    }
  });

  it('counts failures in a row only, and none that is an answer', () => {
    const circuit = createCircuit(OPTIONS);
    for (const result of [DOWN, DOWN, null, DOWN, DOWN, REJECTED, DOWN, DOWN]) {
      if (result === null) circuit.succeeded();
      else fail(circuit, 0, result);
      circuit.left(enter(circuit, 0));
    }
  });

  it('counts calls that fail at the same time once', () => {
    const circuit = createCircuit(OPTIONS);
    for (let round = 1; round <= 3; round++) {
      const calls = Array.from({ length: 6 }, () => enter(circuit, round));
      for (const call of calls) circuit.failed(call, DOWN, round);
    }
    expect(circuit.enter(3)).toEqual({ wait: 100, tried: false });
  });

  it('is not kept open for longer by calls that were under way when it opened', () => {
    const circuit = createCircuit(OPTIONS);
    const before = Array.from({ length: 5 }, () => enter(circuit, 0));
    for (let failures = 0; failures < 3; failures++) fail(circuit, 0);
    for (const call of before) circuit.failed(call, DOWN, 40);
    expect(circuit.enter(40)).toEqual({ wait: 60, tried: false });
    enter(circuit, 100);
  });

  it('does not count an answer that says when to come back', () => {
    const circuit = createCircuit(OPTIONS);
    for (let failures = 0; failures < 20; failures++) fail(circuit, 0, asksToWait(900));
    circuit.left(enter(circuit, 0));
  });

  it('obeys the time that the call that tries is told to wait, and not its own', () => {
    const circuit = openCircuit();
    fail(circuit, 100, asksToWait(7));
    expect(circuit.enter(100)).toEqual({ wait: 7, tried: false });
    fail(circuit, 107);
    expect(circuit.enter(107)).toEqual({ wait: 200, tried: false });
  });

  it('opens at once for as long as it is asked to wait, when that is long', () => {
    const circuit = createCircuit(OPTIONS);
    const before = [enter(circuit, 0), enter(circuit, 0), enter(circuit, 0)];
    fail(circuit, 0, asksToWait(5000));
    for (const call of before) circuit.failed(call, DOWN, 1);
    expect(circuit.enter(1)).toEqual({ wait: 4999, tried: false });
    expect(circuit.cause()?.asked).toBe(true);
  });

  it('lets the next one try when the one that tried was left, and only then', () => {
    const circuit = createCircuit(OPTIONS);
    const before = enter(circuit, 0);
    for (let failures = 0; failures < 3; failures++) fail(circuit, 0);
    const trial = enter(circuit, 200);
    circuit.left(before);
    expect(circuit.enter(201)).toEqual({ wait: 1000, tried: true });
    circuit.left(trial);
    enter(circuit, 201);
  });

  it('lets others through with the first word of the call that tries, and opens again when that fails after all', () => {
    const circuit = openCircuit();
    const trial = enter(circuit, 100);
    circuit.answering(trial);
    enter(circuit, 101);
    circuit.failed(trial, DOWN, 102);
    expect(circuit.enter(102)).toEqual({ wait: 200, tried: false });
  });
});

const down: BackendEvent = { type: 'error', error: DOWN };
const finish: BackendEvent = { type: 'finish', reason: 'stop' };

describe('a backend behind a circuit', () => {
  it('is not asked while it is open: a call that may not wait fails at once, with the time to wait and the reason', async () => {
    let now = 0;
    const broken = fakeBackend([down]);
    const backend = withCircuit(broken, createCircuit(OPTIONS), () => now);
    for (let calls = 0; calls < 3; calls++) expect(await collect(backend)).toEqual([down]);
    now = 40;
    expect(await collect(backend)).toEqual([{ type: 'error', refused: true, error: { code: 'backend-resting', retryAfterMs: 60, message: 'fake has failed several times in a row and is not asked for 1 s; last: down' } }]);
    expect(broken.requests).toHaveLength(3);
    now = 100;
    await collect(backend);
    expect(broken.requests).toHaveLength(4);
  });

  it('passes on what the provider asked for while it is open for that', async () => {
    const backend = withCircuit(fakeBackend([{ type: 'error', error: asksToWait(5000) }]), createCircuit(OPTIONS), () => 0);
    await collect(backend);
    expect(await collect(backend)).toEqual([{ type: 'error', refused: true, error: asksToWait(5000) }]);
  });

  const waiting: BackendRequest = { ...requestOf(), waitMs: 60_000 };

  it('is asked when the circuit lets it, by a call that may wait so long', async () => {
    let now = 0;
    const backend = fakeBackend(say('x'));
    const events: BackendEvent[] = [];
    for await (const event of withCircuit(backend, openCircuit(), () => now).stream(waiting, new AbortController().signal)) {
      events.push(event);
      now = 100;
    }
    expect(events.slice(0, 3)).toEqual([{ type: 'waiting', unsent: true, message: 'waits 1 s: fake has failed several times in a row' }, { type: 'waiting', message: '' }, text('x')]);
    expect(events.at(-1)).toEqual(finish);
    expect(backend.requests).toHaveLength(1);
  });

  it('is not waited for where nobody was ever reached, and is where somebody was', async () => {
    const unreachable: ErrorData = { code: 'backend-unreachable', message: 'cannot reach it' };
    const first = async (circuit: Circuit): Promise<unknown> => {
      for (let failures = 0; failures < 3; failures++) fail(circuit, 0, unreachable);
      const events = withCircuit(fakeBackend(say('x')), circuit, () => 0).stream(waiting, new AbortController().signal)[Symbol.asyncIterator]();
      const { value } = await events.next();
      await events.return?.();
      return value;
    };
    expect(await first(createCircuit(OPTIONS))).toMatchObject({ type: 'error', error: { code: 'backend-resting', message: expect.stringContaining('cannot reach it') } });
    const known = createCircuit(OPTIONS);
    known.succeeded();
    expect(await first(known)).toMatchObject({ type: 'waiting', unsent: true });
  });

  it('is waited for where all of the time it is open is just what a call may wait', async () => {
    let now = 0;
    const tick = (): number => (now += 0.001);
    const circuit = createCircuit(OPTIONS);
    for (let failures = 0; failures < 3; failures++) circuit.failed(enter(circuit, 0), DOWN, tick());
    const events = withCircuit(fakeBackend(say('x')), circuit, tick).stream({ ...waiting, waitMs: 100 }, new AbortController().signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: 'waiting', unsent: true });
    await events.return?.();
  });

  it('is asked by those who wait as soon as the call that tries has its first word', async () => {
    const circuit = opened(1);
    const speaking = withCircuit(fakeBackend([text('a'), hang]), circuit, () => performance.now());
    const stop = new AbortController();
    const first = speaking.stream(waiting, stop.signal)[Symbol.asyncIterator]();
    while ((await first.next()).value?.type !== 'text-delta');
    expect((await collect(withCircuit(fakeBackend(say('b')), circuit, () => performance.now()))).at(-1)).toEqual(finish);
    stop.abort();
    await first.return?.();
  });

  it('is refused a call only when the one that tries has failed, however long that takes', async () => {
    const circuit = openCircuit();
    const trial = enter(circuit, 100);
    const backend = fakeBackend(say('x'));
    const events = withCircuit(backend, circuit, () => 100).stream({ ...waiting, waitMs: 1 }, new AbortController().signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: 'waiting', unsent: true, message: 'waits: fake has failed several times in a row, and is being tried' });
    circuit.failed(trial, DOWN, 100);
    expect((await events.next()).value).toMatchObject({ type: 'error', refused: true, error: { code: 'backend-resting', retryAfterMs: 200 } });
    expect(backend.requests).toEqual([]);
  });

  it('is not asked by a call that is aborted while it waits', async () => {
    const backend = fakeBackend(say('x'));
    const stop = new AbortController();
    const events = withCircuit(backend, opened(60_000), () => performance.now()).stream(waiting, stop.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: 'waiting', unsent: true });
    stop.abort();
    expect((await events.next()).value).toEqual({ type: 'finish', reason: 'aborted' });
    expect(backend.requests).toEqual([]);
  });

  it('lets another try when a call is left just as its turn has come', async () => {
    const circuit = opened(1);
    const events = withCircuit(fakeBackend(say('x')), circuit, () => performance.now()).stream(waiting, new AbortController().signal)[Symbol.asyncIterator]();
    for (let event = await events.next(); event.value?.type === 'waiting' && event.value.unsent === true; event = await events.next());
    await events.return?.();
    expect(circuit.enter(performance.now() + 1000)).toHaveProperty('call');
  });

  it('is not waited for where another takes over', async () => {
    const backend = withFallback(withCircuit(fakeBackend(say('x')), opened(60_000), () => performance.now()), [fakeBackend(say('y'))]);
    const [first, second] = await collect(backend, { ...waiting, waitMs: 120_000 });
    expect(first).toEqual({ type: 'waiting', message: expect.stringContaining('takes over') });
    expect(second).toEqual(text('y'));
  });

  it('closes with the first reply, and is none the wiser for a call that is left', async () => {
    let now = 0;
    const circuit = openCircuit();
    const backend: Backend = withCircuit(fakeBackend([text('x'), finish]), circuit, () => now);
    now = 100;
    for await (const event of backend.stream(requestOf(), new AbortController().signal)) {
      expect(event.type).toBe('text-delta');
      break;
    }
    expect(await collect(backend)).toContainEqual(finish);
    fail(circuit, now);
    fail(circuit, now);
    enter(circuit, now);
  });

  it('is not taken to be down for many calls at once that are told to come back in a second', async () => {
    const limited = error('backend-overloaded', { retryAfterMs: 1000, status: 429 });
    const backend = withCircuit(fakeBackend(...Array.from({ length: 6 }, () => [limited]), say('x')), createCircuit(), () => 0);
    expect((await Promise.all(Array.from({ length: 6 }, () => collect(backend)))).flat()).toEqual(Array.from({ length: 6 }, () => limited));
    expect((await collect(backend)).at(-1)).toEqual(finish);
  });
});

/** Open for so many ms from now. */
function opened(openMs: number): Circuit {
  const circuit = createCircuit({ ...OPTIONS, openMs, longestMs: openMs });
  const now = performance.now();
  for (let failures = 0; failures < 3; failures++) circuit.failed(enter(circuit, now), DOWN, now);
  return circuit;
}
