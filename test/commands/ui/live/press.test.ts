import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Key } from '../../../../src/commands/ui/live/keys.js';
import { press, type Action, type PressContext } from '../../../../src/commands/ui/live/press.js';
import { keyReader } from '../../../../src/commands/ui/live/read-keys.js';
import { FIRST_UI, type UiState } from '../../../../src/commands/ui/live/ui-state.js';
import { AGREEMENT, folded } from './events.js';

const context: PressContext = { view: folded(AGREEMENT), maxScroll: 20, steers: true };
const typed = (text: string): Key => ({ name: text, text });
const named = (name: string): Key => ({ name, text: '' });
const paste = (text: string): Key => ({ name: 'paste', text, paste: true });
const control = (name: string): Key => ({ name, text: '', ctrl: true });

function after(keys: readonly Key[], more: Partial<PressContext> = {}): { readonly ui: UiState; readonly actions: readonly Action[] } {
  const actions: Action[] = [];
  let ui = FIRST_UI;
  for (const key of keys) {
    const pressed = press(ui, key, { ...context, ...more });
    ui = pressed.ui;
    if (pressed.action !== undefined) actions.push(pressed.action);
  }
  return { ui, actions };
}

describe('keys of the live view', () => {
  it('show one agent, the next, and all again', () => {
    expect(after([typed('2')]).ui.focus).toBe('bob');
    expect(after([typed('2'), typed('2')]).ui.focus).toBeNull();
    expect(after([named('tab'), named('tab')]).ui.focus).toBe('bob');
    expect(after([named('backtab')]).ui.focus).toBe('cid');
    expect(after([named('tab'), named('escape')]).ui.focus).toBeNull();
    expect(after([typed('9')]).ui).toMatchObject({ focus: null, hint: 'there is no such agent' });
  });

  it('take commands of a conversation after a slash, and everything else as a message', () => {
    const send = (text: string): readonly Key[] => [...Array.from(text, typed), named('return')];
    expect(after(send('/votes')).ui).toMatchObject({ panel: 'votes', draft: null });
    expect(after(send('/status')).ui.panel).toBe('system');
    expect(after(send('/cancel')).actions).toEqual([{ type: 'interrupt' }]);
    expect(after(send('/open')).actions).toEqual([{ type: 'open-log' }]);
    expect(after(send('/save a.md')).ui.hint).toContain('has to wait');
    expect(after(send('/nope')).ui).toMatchObject({ draft: { before: '/nope' }, hint: expect.stringContaining('there is no command /nope') });
    expect(after(send('//votes')).actions).toEqual([{ type: 'say', text: '/votes' }]);
    expect(after(send('iquit')).actions).toEqual([{ type: 'say', text: 'quit' }]);
  });

  it.each([['v', 'votes'], ['a', 'answers'], ['t', 'timeline'], ['c', 'cost'], ['s', 'system'], ['?', 'help']])('%s shows and hides %s', (key, panel) => {
    expect(after([typed(key)]).ui.panel).toBe(panel);
    expect(after([typed(key), typed(key)]).ui.panel).toBeNull();
  });

  it('scroll, but not beyond the end', () => {
    expect(after([typed('1'), named('up'), named('pageup')]).ui.scroll).toBe(11);
    expect(after([typed('1'), named('home')]).ui.scroll).toBe(20);
    expect(after([typed('1'), named('home'), named('end')]).ui.scroll).toBe(0);
    expect(after([typed('v'), named('down'), named('up'), named('up')]).ui.scroll).toBe(0);
    expect(after([typed('v'), named('end')]).ui.scroll).toBe(20);
  });

  it('stop the run, an agent, the discussion', () => {
    expect(after([typed('q')]).actions).toEqual([{ type: 'interrupt' }]);
    expect(after([control('c')]).actions).toEqual([{ type: 'interrupt' }]);
    expect(after([control('z')]).actions).toEqual([{ type: 'suspend' }]);
    expect(after([typed('f')]).actions).toEqual([{ type: 'answer-now' }]);
    expect(after([typed('2'), typed('x')]).actions).toEqual([{ type: 'stop-agent', agent: 'bob' }]);
    expect(after([typed('x')])).toMatchObject({ actions: [], ui: { hint: 'press its number first, then x' } });
  });

  it('write a message: Enter opens the line, letters are letters there, Enter sends, Esc drops', () => {
    const text = 'quick fix'.split('').map(typed);
    expect(after([named('return'), ...text, named('return')])).toMatchObject({ actions: [{ type: 'say', text: 'quick fix' }], ui: { draft: null } });
    expect(after([typed('i'), ...text, named('escape')])).toMatchObject({ actions: [], ui: { draft: null } });
    expect(after([typed('i'), named('return')])).toMatchObject({ actions: [], ui: { draft: null } });
    expect(after([typed('i'), ...text, control('c')]).actions).toEqual([{ type: 'interrupt' }]);
  });

  it('edit the message', () => {
    const draft = (...keys: readonly Key[]): string => {
      const { draft: found } = after([typed('i'), ...keys]).ui;
      return found === null ? '' : `${found.before}|${found.after}`;
    };
    expect(draft(typed('a'), typed('b'), named('left'), typed('c'))).toBe('ac|b');
    expect(draft(paste('one two  '), control('w'))).toBe('one |');
    expect(draft(paste('  '), control('w'))).toBe('|');
    expect(draft(paste('ae\u0301'), named('backspace'))).toBe('a|');
    expect(draft(paste('👨‍👩‍👧x'), named('home'), named('delete'))).toBe('|x');
    expect(draft(paste('ab'), named('home'), named('right'), control('k'))).toBe('a|');
    expect(draft(paste('ab'), control('a'), control('e'), control('u'))).toBe('|');
    expect(draft(typed('a'), control('j'), typed('b'))).toBe('a\nb|');
  });

  it('take pasted text for text, never for keys', () => {
    expect(after([paste('qfx\nq')])).toMatchObject({ actions: [], ui: { draft: null } });
    expect(after([typed('i'), paste('q\u001b[31m\nquit'), named('return')]).actions).toEqual([{ type: 'say', text: 'q\nquit' }]);
  });

  it('steer nothing in a replay', () => {
    for (const key of [typed('f'), typed('x'), typed('i'), named('return')]) expect(after([typed('1'), key], { steers: false })).toMatchObject({ actions: [], ui: { draft: null } });
  });

  it('never break', () => {
    const keys = fc.oneof(fc.constantFrom(...['1', '9', 'v', 'a', 't', 'c', 's', '?', 'p', 'x', 'f', 'i', 'l', '__proto__', 'constructor'].map(typed), ...['up', 'down', 'home', 'end', 'tab', 'return', 'escape', 'backspace', 'undefined'].map(named), control('w')), fc.string().map(paste));
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), (list) => {
        after(list);
      }),
    );
  });
});

describe('key presses as Node tells them', () => {
  it('become keys', () => {
    const keys: Key[] = [];
    const read = keyReader((key) => keys.push(key));
    read('q', { name: 'q', sequence: 'q' });
    read('?', { sequence: '?' });
    read('V', { name: 'v', shift: true });
    read('\u0003', { name: 'c', ctrl: true });
    read(undefined, { name: 'up' });
    read('\t', { name: 'tab', shift: true });
    read('é', { name: undefined });
    read('\r', { name: 'return' });
    expect(keys).toEqual([{ name: 'q', text: 'q' }, { name: '?', text: '?' }, { name: 'V', text: 'V' }, { name: 'c', text: '', ctrl: true }, { name: 'up', text: '' }, { name: 'backtab', text: '' }, { name: 'é', text: 'é' }, { name: 'return', text: '' }]);
  });

  it('join what was pasted', () => {
    const keys: Key[] = [];
    const read = keyReader((key) => keys.push(key));
    read(undefined, { name: 'paste-start' });
    read('q', { name: 'q' });
    read('\r', { name: 'return', sequence: '\r' });
    read(undefined, { name: 'paste-end' });
    expect(keys).toEqual([{ name: 'paste', text: 'q\r', paste: true }]);
  });
});
