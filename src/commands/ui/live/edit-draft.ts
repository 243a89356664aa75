import type { Key } from './keys.js';
import { characters } from './spans.js';
import type { Draft } from './ui-state.js';

const MAX = 20_000;

const insert = ({ before, after }: Draft, piece: string): Draft => ({ before: before + piece.slice(0, Math.max(0, MAX - before.length - after.length)), after });

const last = (text: string): string => characters(text.slice(-64)).at(-1) ?? '';
const first = (text: string): string => characters(text.slice(0, 64))[0] ?? '';

function control(draft: Draft, name: string): Draft {
  const { before, after } = draft;
  switch (name) {
    case 'a':
      return { before: '', after: before + after };
    case 'e':
      return { before: before + after, after: '' };
    case 'u':
      return { before: '', after };
    case 'k':
      return { before, after: '' };
    case 'w':
      return { before: before.replace(/\S*\s*$/u, ''), after };
    case 'j':
      return insert(draft, '\n');
    default:
      return draft;
  }
}

/** A message after a key. Enter and Esc are not its business. */
export function editDraft(draft: Draft, key: Key): Draft {
  const { before, after } = draft;
  if (key.paste === true) return insert(draft, key.text);
  if (key.ctrl === true) return control(draft, key.name);
  switch (key.name) {
    case 'backspace':
      return { before: before.slice(0, before.length - last(before).length), after };
    case 'delete':
      return { before, after: after.slice(first(after).length) };
    case 'left':
      return { before: before.slice(0, before.length - last(before).length), after: last(before) + after };
    case 'right':
      return { before: before + first(after), after: after.slice(first(after).length) };
    case 'home':
      return control(draft, 'a');
    case 'end':
      return control(draft, 'e');
    default:
      return key.text === '' ? draft : insert(draft, key.text);
  }
}
