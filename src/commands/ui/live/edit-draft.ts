import type { Key } from './keys.js';
import { characters } from './spans.js';
import type { Draft } from './ui-state.js';

const MAX = 200_000;

/** What to tell whoever pastes more than is taken; null when all of it is. */
export const tooMuch = ({ before, after }: Draft, { paste, text }: Key): string | null =>
  paste === true && before.length + after.length + text.length > MAX ? `cut off after ${MAX.toLocaleString('en')} characters: for more name a file` : null;

const insert = ({ before, after }: Draft, piece: string): Draft => ({ before: before + piece.slice(0, Math.max(0, MAX - before.length - after.length)), after });

const last = (text: string): string => characters(text.slice(-64)).at(-1) ?? '';
const first = (text: string): string => characters(text.slice(0, 64))[0] ?? '';

function wordBefore(text: string): string {
  let from = text.trimEnd().length;
  while (from > 0 && /\S/u.test(text.charAt(from - 1))) from -= 1;
  return text.slice(from);
}
const wordAfter = (text: string): string => /^\s*\S*/u.exec(text)?.[0] ?? '';

const moved = (before: string, after: string, by: number): Draft => {
  const text = before + after;
  return { before: text.slice(0, before.length + by), after: text.slice(before.length + by) };
};

/** What a key does together with Ctrl or Alt, by its name with the modifier. */
function control(draft: Draft, name: string): Draft {
  const { before, after } = draft;
  switch (name) {
    case 'ctrl a':
      return { before: '', after: before + after };
    case 'ctrl e':
      return { before: before + after, after: '' };
    case 'ctrl b':
      return moved(before, after, -last(before).length);
    case 'ctrl f':
      return moved(before, after, first(after).length);
    case 'ctrl u':
      return { before: '', after };
    case 'ctrl k':
      return { before, after: '' };
    case 'ctrl h':
      return { before: before.slice(0, before.length - last(before).length), after };
    case 'ctrl w':
    case 'meta backspace':
      return { before: before.slice(0, before.length - wordBefore(before).length), after };
    case 'meta d':
      return { before, after: after.slice(wordAfter(after).length) };
    case 'ctrl left':
    case 'meta left':
    case 'meta b':
      return moved(before, after, -wordBefore(before).length);
    case 'ctrl right':
    case 'meta right':
    case 'meta f':
      return moved(before, after, wordAfter(after).length);
    case 'ctrl j':
    case 'meta return':
    case 'meta enter':
      return insert(draft, '\n');
    default:
      return draft;
  }
}

/** A message after a key. Enter and Esc are not its business. */
export function editDraft(draft: Draft, key: Key): Draft {
  const { before, after } = draft;
  if (key.paste === true) return insert(draft, key.text);
  if (key.ctrl === true || key.meta === true) return control(draft, `${key.ctrl === true ? 'ctrl' : 'meta'} ${key.name}`);
  switch (key.name) {
    case 'backspace':
      return control(draft, 'ctrl h');
    case 'delete':
      return { before, after: after.slice(first(after).length) };
    case 'left':
      return control(draft, 'ctrl b');
    case 'right':
      return control(draft, 'ctrl f');
    case 'home':
      return control(draft, 'ctrl a');
    case 'end':
      return control(draft, 'ctrl e');
    default:
      return key.text === '' ? draft : insert(draft, key.text);
  }
}
