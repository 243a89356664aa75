import { describe, expect, it } from '@jest/globals';
import type { BackendEvent } from '../../../../src/backends/contract.js';
import { beating } from '../../../../src/backends/wires/process/heartbeat.js';

const text = (words: string): readonly BackendEvent[] => [{ type: 'text-delta', text: words }];

describe('a call whose tool works in silence', () => {
  it('gives signs of life, and only while it does', async () => {
    let busy = true;
    async function* batches(): AsyncGenerator<readonly BackendEvent[]> {
      yield text('a');
      await new Promise((resolve) => setTimeout(resolve, 120));
      busy = false;
      await new Promise((resolve) => setTimeout(resolve, 120));
      yield text('b');
    }
    const kinds: string[] = [];
    let beats = 0;
    for await (const [event] of beating(batches(), () => busy, () => undefined, 20)) {
      if (event?.type === 'waiting') beats += 1;
      else kinds.push(event?.type === 'text-delta' ? event.text : '');
    }
    expect(kinds).toEqual(['a', 'b']);
    expect(beats).toBeGreaterThan(0);
  });

  it('can be left while nothing comes: it is ended first', async () => {
    let end = (): void => undefined;
    async function* batches(): AsyncGenerator<readonly BackendEvent[]> {
      await new Promise<void>((resolve) => (end = resolve));
      yield text('late');
    }
    let ended = false;
    for await (const [event] of beating(batches(), () => true, () => { ended = true; end(); }, 10)) {
      expect(event?.type).toBe('waiting');
      break;
    }
    expect(ended).toBe(true);
  });
});
