import { afterEach, describe, expect, it } from '@jest/globals';
import { UNICODE } from '../../../../src/commands/ui/live/glyphs.js';
import type { Key } from '../../../../src/commands/ui/live/keys.js';
import { openLiveView, type LiveView } from '../../../../src/commands/ui/live/live-view.js';
import type { Action } from '../../../../src/commands/ui/live/press.js';
import type { Listeners, Terminal } from '../../../../src/commands/ui/live/terminal.js';
import { until } from '../../../support/until.js';
import { begin, stamped, turn } from './events.js';

const open: LiveView[] = [];
afterEach(() => {
  for (const view of open.splice(0)) view.close();
});

const key = (name: string): Key => ({ name, text: name.length === 1 ? name : '' });

function live(): { readonly view: LiveView; readonly actions: Action[]; readonly type: (...names: readonly string[]) => void; readonly shown: () => string } {
  const actions: Action[] = [];
  const written: string[] = [];
  let listeners: Listeners | undefined;
  const terminal: Terminal = { columns: () => 100, rows: () => 30, write: (text) => void written.push(text), keys: true, open: (given) => (listeners = given), listen: () => written.push('LISTEN'), suspend: () => undefined, stops: () => 0, close: () => undefined };
  const view = openLiveView({ terminal, paint: (text) => text, glyphs: UNICODE, place: { source: null, log: null }, steers: true, act: (action) => actions.push(action), now: () => performance.now() });
  open.push(view);
  for (const event of stamped([begin(), ...turn('ann', 1)])) view.take(event);
  return { view, actions, type: (...names) => names.forEach((name) => listeners?.onKey(key(name))), shown: () => written.join('') };
}

describe('a question in the live view', () => {
  it.each([
    ['y', 'yes'],
    ['n', 'no'],
    ['return', 'no'],
    ['escape', 'no'],
  ])('%s says %s', async (name, answer) => {
    const { view, type } = live();
    const asked = view.ask('May it?', 'yes-no');
    type(name);
    expect(await asked).toBe(answer);
  });

  it('stands on the screen, with the keys that answer it', async () => {
    const { view, shown } = live();
    void view.ask('May it write?', 'yes-no');
    expect(shown()).toContain('LISTEN');
    await until(() => shown().includes('May it write?') && shown().includes('y: yes   n: no'));
  });

  it('stays in sight, however much goes to the scrollback after it', async () => {
    const { view, shown, type } = live();
    const asked = view.ask('May it write?\nmuch\nmore\nof it', 'yes-no');
    await until(() => shown().includes('May it write?'));
    for (let count = 0; count < 3; count += 1) {
      const from = shown().length;
      view.say(`remark ${String(count)}`);
      await until(() => /remark[\s\S]*May it write\?[\s\S]*more …[\s\S]*y: yes/u.test(shown().slice(from)));
    }
    type('n');
    await asked;
    const from = shown().length;
    view.say('afterwards');
    await until(() => shown().slice(from).includes('afterwards'));
    expect(shown().slice(shown().indexOf('afterwards', from))).not.toContain('May it write?');
  });

  it('is not answered by a message that is being written', async () => {
    const { view, type, actions } = live();
    type('i');
    let answer: string | null | undefined;
    void view.ask('May it?', 'yes-no').then((said) => (answer = said));
    type('y', 'e', 's', 'return');
    await new Promise(setImmediate);
    expect(answer).toBeUndefined();
    expect(actions).toEqual([{ type: 'say', text: 'yes' }]);
    type('n');
    await until(() => answer === 'no');
  });

  it('may want a line, which is then no message to the agents', async () => {
    const { view, type, actions } = live();
    const asked = view.ask('Your name?', 'line');
    type('return', 'y', 'o', 'return');
    expect(await asked).toBe('yo');
    const empty = view.ask('Your town?', 'line');
    type('return', 'return');
    expect(await empty).toBe('');
    expect(actions).toEqual([]);
  });

  it('is not answered when the run is stopped, the call is over, or the view is gone', async () => {
    const { view, type, actions } = live();
    const stopped = view.ask('May it?', 'yes-no');
    type('q');
    expect(await stopped).toBeNull();
    expect(actions).toEqual([{ type: 'interrupt' }]);
    expect(await view.ask('May it?', 'yes-no', AbortSignal.abort())).toBeNull();
    const leaving = new AbortController();
    const left = view.ask('May it?', 'yes-no', leaving.signal);
    leaving.abort();
    expect(await left).toBeNull();
    const closed = view.ask('May it?', 'yes-no');
    view.close();
    expect(await closed).toBeNull();
  });
});
