import { describe, expect, it } from '@jest/globals';
import { createCircuit, type CircuitOptions } from '../../../src/backends/guards/circuit.js';
import { withCircuit } from '../../../src/backends/guards/with-circuit.js';
import type { Backend, BackendEvent } from '../../../src/backends/contract.js';
import type { ErrorData } from '../../../src/errors.js';
import { collect, requestOf } from '../../support/backend-collect.js';

const OPTIONS: CircuitOptions = { failures: 3, openMs: 100, longestMs: 350, patienceMs: 1000 };
const DOWN: ErrorData = { code: 'backend-unavailable', message: 'down' };
const REJECTED: ErrorData = { code: 'backend-rejected', message: 'no' };

describe('a circuit', () => {
  it('opens after so many failures in a row, and lets one call try when its time is over', () => {
    const circuit = createCircuit(OPTIONS);
    for (const now of [0, 1, 2]) {
      expect(circuit.refuses(now)).toBeUndefined();
      circuit.failed(DOWN, now);
    }
    expect(circuit.refuses(52)).toBe(50);
    expect(circuit.refuses(102)).toBeUndefined();
    expect(circuit.refuses(103)).toBe(1000);
    circuit.succeeded();
    expect(circuit.refuses(104)).toBeUndefined();
  });

  it('stays open twice as long each time, and not for ever', () => {
    const circuit = createCircuit(OPTIONS);
    for (let failures = 0; failures < 3; failures++) circuit.failed(DOWN, 0);
    let now = 0;
    for (const wait of [100, 200, 350, 350]) {
      expect(circuit.refuses(now)).toBe(wait);
      now += wait;
      expect(circuit.refuses(now)).toBeUndefined();
      circuit.failed(DOWN, now);
    }
  });

  it('counts failures in a row only, and none that is an answer', () => {
    const circuit = createCircuit(OPTIONS);
    for (const result of [DOWN, DOWN, null, DOWN, DOWN, REJECTED, DOWN, DOWN]) {
      if (result === null) circuit.succeeded();
      else circuit.failed(result, 0);
      expect(circuit.refuses(0)).toBeUndefined();
    }
  });

  it('opens at once for as long as it is asked to wait, when that is long', () => {
    const circuit = createCircuit(OPTIONS);
    circuit.failed({ code: 'backend-overloaded', message: 'x', retryAfterMs: 900 }, 0);
    expect(circuit.refuses(0)).toBeUndefined();
    circuit.failed({ code: 'backend-overloaded', message: 'x', retryAfterMs: 5000 }, 0);
    expect(circuit.refuses(0)).toBe(5000);
  });

  it('lets the next one try when the one that tried was left', () => {
    const circuit = createCircuit(OPTIONS);
    for (let failures = 0; failures < 3; failures++) circuit.failed(DOWN, 0);
    expect(circuit.refuses(200)).toBeUndefined();
    circuit.left();
    expect(circuit.refuses(201)).toBeUndefined();
  });
});

describe('a backend behind a circuit', () => {
  const answering = (event: BackendEvent): Backend & { calls: number } => ({
    id: 'groq',
    model: 'm',
    calls: 0,
     
    async *stream() {
      this.calls += 1;
      yield event;
    },
  });

  it('is not asked while it is open: the call fails with the time to wait and the reason', async () => {
    let now = 0;
    const broken = answering({ type: 'error', error: DOWN });
    const backend = withCircuit({ ...broken, stream: (request, signal) => broken.stream(request, signal) }, createCircuit(OPTIONS), () => now);
    for (let calls = 0; calls < 3; calls++) expect(await collect(backend)).toEqual([{ type: 'error', error: DOWN }]);
    now = 40;
    expect(await collect(backend)).toEqual([{ type: 'error', error: { code: 'backend-unavailable', retryAfterMs: 60, message: 'groq has failed several times in a row and is not asked for 1 s; last: down' } }]);
    expect(broken.calls).toBe(3);
    now = 100;
    await collect(backend);
    expect(broken.calls).toBe(4);
  });

  it('closes with the first reply, and is none the wiser for a call that is left', async () => {
    let now = 0;
    const circuit = createCircuit(OPTIONS);
    for (let failures = 0; failures < 3; failures++) circuit.failed(DOWN, 0);
    const well = answering({ type: 'finish', reason: 'stop' });
    const backend = withCircuit({ ...well, stream: (request, signal) => well.stream(request, signal) }, circuit, () => now);
    now = 100;
    for await (const event of withCircuit({ ...well, stream: () => (async function* () { yield await Promise.resolve<BackendEvent>({ type: 'text-delta', text: 'x' }); yield { type: 'finish', reason: 'stop' }; })() }, circuit, () => now).stream(requestOf(), new AbortController().signal)) {
      expect(event.type).toBe('text-delta');
      break;
    }
    expect(await collect(backend)).toEqual([{ type: 'finish', reason: 'stop' }]);
    expect(circuit.refuses(now)).toBeUndefined();
  });
});
