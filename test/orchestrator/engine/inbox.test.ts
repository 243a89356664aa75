import { describe, expect, it } from '@jest/globals';
import { createInbox } from '../../../src/orchestrator/engine/inbox.js';
import type { DisplayEvent } from '../../../src/orchestrator/protocol.js';

const delta = (text: string, change: Partial<Extract<DisplayEvent, { type: 'text-delta' }>> = {}): DisplayEvent => ({ type: 'text-delta', of: 'reply', text, agent: 'a', turn: 1, call: 1, ...change });
const reasoning = (text: string): DisplayEvent => ({ type: 'reasoning-delta', text, agent: 'a', turn: 1, call: 1 });

describe('an inbox', () => {
  it('keeps inputs and events in order and hands each out once', () => {
    const inbox = createInbox<string>();
    inbox.push('one');
    inbox.show(delta('x'));
    inbox.push('two');
    expect(inbox.take()).toEqual([{ input: 'one' }, { show: delta('x') }, { input: 'two' }]);
    expect(inbox.take()).toEqual([]);
  });

  it('joins neighbouring deltas of one kind and call, and no others', () => {
    const inbox = createInbox<string>();
    for (const event of [delta('a'), delta('b'), delta('c', { of: 'answer' }), delta('d', { of: 'answer', call: 2 }), delta('e', { agent: 'b' }), reasoning('f'), reasoning('g'), delta('h')]) inbox.show(event);
    expect(inbox.take().map(({ show }) => show)).toEqual([delta('ab'), delta('c', { of: 'answer' }), delta('d', { of: 'answer', call: 2 }), delta('e', { agent: 'b' }), reasoning('fg'), delta('h')]);
  });

  it('joins nothing across an input, or into what was handed out', () => {
    const inbox = createInbox<string>();
    inbox.show(delta('a'));
    const [first] = inbox.take();
    inbox.show(delta('b'));
    inbox.push('end');
    inbox.show(delta('c'));
    expect(first).toEqual({ show: delta('a') });
    expect(inbox.take()).toEqual([{ show: delta('b') }, { input: 'end' }, { show: delta('c') }]);
  });

  it('wakes its reader once for all that comes in a tick', async () => {
    const inbox = createInbox<number>();
    const wait = inbox.wait(null);
    inbox.push(1);
    inbox.push(2);
    await Promise.resolve().then(() => {
      inbox.push(3);
    });
    await wait;
    expect(inbox.take()).toHaveLength(3);
  });

  it('does not wait when something is there already, and no longer than it is told', async () => {
    const inbox = createInbox<number>();
    inbox.push(1);
    await inbox.wait(null);
    inbox.take();
    const started = performance.now();
    await inbox.wait(20);
    expect(performance.now() - started).toBeGreaterThanOrEqual(18);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('takes waits that are longer than a timer of Node can be', async () => {
    const inbox = createInbox<number>();
    let woken = false;
    const wait = inbox.wait(2 ** 40).then(() => {
      woken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(woken).toBe(false);
    inbox.push(1);
    await wait;
  });
});
