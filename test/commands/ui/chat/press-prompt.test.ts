import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pressPrompt, type PromptContext, type PromptPressed } from '../../../../src/commands/ui/chat/press-prompt.js';
import { emptyPrompt, type PromptState } from '../../../../src/commands/ui/chat/prompt-state.js';
import type { Key } from '../../../../src/commands/ui/live/keys.js';

const typed = (text: string): readonly Key[] => Array.from(text, (character) => ({ name: character, text: character }));
const named = (name: string, more: Partial<Key> = {}): Key => ({ name, text: '', ...more });
const ctrl = (name: string): Key => named(name, { ctrl: true });
const paste = (text: string): Key => ({ name: 'paste', text, paste: true });

const WORDS = ['apple', 'apricot', 'banana'];
const CONTEXT: PromptContext = {
  history: ['What is oil?', 'first line\nsecond line', 'Why is the sky blue?'],
  complete: (before) => {
    const from = before.lastIndexOf(' ') + 1;
    return before.endsWith('!') ? undefined : { from, items: WORDS.filter((word) => word.startsWith(before.slice(from))) };
  },
};

function after(keys: readonly (Key | readonly Key[])[], state: PromptState = emptyPrompt()): PromptPressed {
  let pressed: PromptPressed = { state };
  for (const key of keys.flatMap((each) => each)) {
    if (pressed.done !== undefined) throw new Error('pressed after its end');
    pressed = pressPrompt(pressed.state, key, CONTEXT);
  }
  return pressed;
}
const shown = ({ state: { draft } }: PromptPressed): string => `${draft.before}|${draft.after}`;

describe('the line of a conversation', () => {
  it('is edited with the keys of any shell, and sent with Enter', () => {
    expect(shown(after([typed('abc'), named('left'), typed('X')]))).toBe('abX|c');
    expect(shown(after([typed('one two'), ctrl('w'), typed('x'), ctrl('a'), typed('>')]))).toBe('>|one x');
    expect(shown(after([typed('one two'), named('left', { meta: true }), ctrl('k')]))).toBe('one |');
    expect(shown(after([typed('one two'), named('b', { meta: true }), named('b', { meta: true }), named('d', { meta: true })]))).toBe('| two');
    expect(after([typed('Why?'), named('return')]).done).toEqual({ type: 'line', text: 'Why?' });
    expect(after([typed('  '), named('return')]).done).toBeUndefined();
  });

  it('counts characters as people do', () => {
    expect(shown(after([typed('日本'), { name: '', text: '👨‍👩‍👧' }, { name: '', text: 'e\u0301' }, named('left'), named('left'), named('backspace')]))).toBe('日|👨‍👩‍👧e\u0301');
  });

  it('holds several lines: Alt-Enter, Ctrl-J, a backslash, or between three quotes', () => {
    expect(shown(after([typed('a'), named('return', { meta: true }), typed('b'), named('enter'), typed('c')]))).toBe('a\nb\nc|');
    expect(shown(after([typed('a\\'), named('return'), typed('b')]))).toBe('a\\\nb|');
    const quoted = after([typed('"""one'), named('return'), typed('two"""'), named('return')]);
    expect(quoted.done).toEqual({ type: 'line', text: '"""one\ntwo"""' });
  });

  it('moves between lines before it moves in the history', () => {
    const two = after([typed('abc'), named('enter'), typed('d')]);
    expect(shown(after([named('up')], two.state))).toBe('a|bc\nd');
    expect(shown(after([named('up'), named('up')], two.state))).toBe('Why is the sky blue?|');
  });

  it('goes through the history and back to what was being written', () => {
    const up = named('up');
    expect(shown(after([typed('mine'), up]))).toBe('Why is the sky blue?|');
    expect(shown(after([typed('mine'), up, up, up, up, up, up]))).toBe('What is oil?|');
    expect(shown(after([typed('mine'), up, named('down')]))).toBe('mine|');
    expect(shown(after([typed('mine'), ctrl('p'), ctrl('n')]))).toBe('mine|');
  });

  it('searches the history backwards', () => {
    expect(after([ctrl('r'), typed('is')]).state.search).toEqual({ query: 'is', back: 1 });
    expect(after([ctrl('r'), typed('is'), ctrl('r')]).state.search).toEqual({ query: 'is', back: 3 });
    expect(after([ctrl('r'), typed('is'), ctrl('r'), ctrl('r')]).state.hint).toBe('there is none before it');
    expect(after([ctrl('r'), typed('oil'), named('return')]).done).toEqual({ type: 'line', text: 'What is oil?' });
    expect(shown(after([ctrl('r'), typed('OIL'), named('escape')]))).toBe('What is oil?|');
    expect(shown(after([typed('mine'), ctrl('r'), typed('oil'), ctrl('c')]))).toBe('mine|');
    expect(shown(after([typed('mine'), ctrl('r'), typed('nothing like it'), named('return')]))).toBe('mine|');
    expect(after([ctrl('r'), typed('oilx'), named('backspace')]).state.search).toEqual({ query: 'oil', back: 3 });
  });

  it('completes a word as far as it can only be one thing, then one after the other', () => {
    const tab = named('tab');
    expect(shown(after([typed('a b'), tab]))).toBe('a banana|');
    expect(shown(after([typed('a'), tab]))).toBe('ap|');
    expect(shown(after([typed('a'), tab, tab]))).toBe('apple|');
    expect(shown(after([typed('a'), tab, tab, tab, tab]))).toBe('apple|');
    expect(shown(after([typed('a'), tab, named('backtab')]))).toBe('apricot|');
    expect(after([typed('a'), tab, typed('x')]).state.menu).toBeNull();
    expect(after([typed('z'), tab]).state.hint).toBe('nothing begins like that');
    expect(shown(after([typed('!'), tab]))).toBe('!|');
  });

  it('is cleared by Ctrl-C, and left with it when there is nothing to clear, twice', () => {
    expect(shown(after([typed('abc'), ctrl('c')]))).toBe('|');
    expect(after([ctrl('c')]).state.hint).toContain('once more to leave');
    expect(after([ctrl('c'), ctrl('c')]).done).toEqual({ type: 'leave' });
    expect(after([typed('abc'), ctrl('c'), ctrl('c')]).done).toBeUndefined();
    expect(after([ctrl('c'), typed('a'), named('backspace'), ctrl('c')]).done).toBeUndefined();
  });

  it('is left with Ctrl-D when it is empty, which otherwise deletes a character', () => {
    expect(after([ctrl('d')]).done).toEqual({ type: 'leave' });
    expect(shown(after([typed('ab'), named('left'), ctrl('d')]))).toBe('a|');
    expect(after([ctrl('z')]).done).toEqual({ type: 'suspend' });
  });

  it('takes a long document that is pasted whole, and says so when it is too long', () => {
    const whole = after([paste('a line of a document\n'.repeat(5000))]);
    expect(shown(whole)).toHaveLength(5000 * 21 + 1);
    expect(whole.state.hint).toBeNull();
    const cut = after([paste('x'.repeat(300_000))]);
    expect(shown(cut)).toHaveLength(200_001);
    expect(cut.state.hint).toBe('cut off after 200,000 characters: for more name a file');
  });

  it('takes what is pasted as text, without what a terminal would obey', () => {
    const pasted = after([paste('one\r\ntwo \u001b]0;title\u0007\u001b[2Jthree\u0003\u202e')]);
    expect(shown(pasted)).toBe('one\ntwo three|');
    expect(pasted.done).toBeUndefined();
  });

  it('never ends without being told to, and never holds what a terminal would obey', () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }).map((text): Key => ({ name: text, text })),
      fc.string({ unit: 'binary', maxLength: 20 }).map(paste),
      fc.constantFrom(named('up'), named('down'), named('left'), named('tab'), named('backtab'), named('home'), named('end'), named('delete'), named('backspace'), named('escape', { meta: true }), named('enter'), ctrl('r'), ctrl('p'), ctrl('w'), ctrl('u'), ctrl('e')),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        const { state, done } = after([keys]);
        expect(done).toBeUndefined();
        expect(state.draft.before + state.draft.after).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
      }),
      { numRuns: 300 },
    );
  });
});
