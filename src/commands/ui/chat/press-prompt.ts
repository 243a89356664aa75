import { editDraft, tooMuch } from '../live/edit-draft.js';
import type { Key } from '../live/keys.js';
import { characters } from '../live/spans.js';
import type { Draft } from '../live/ui-state.js';
import { safeText } from '../safe-text.js';
import { completeWord } from './complete-word.js';
import type { Completion, PromptState } from './prompt-state.js';
import { goesOn } from './question-text.js';
import { entryAt, searchKey } from './search-history.js';

export interface PromptContext {
  /** What was asked before, oldest first. */
  readonly history: readonly string[];
  /** What could stand at the end of a text; undefined where there is nothing to complete. */
  readonly complete: (before: string) => Completion | undefined;
}

export interface PromptPressed {
  readonly state: PromptState;
  readonly done?: { readonly type: 'line'; readonly text: string } | { readonly type: 'leave' | 'suspend' };
}

const textOf = ({ before, after }: Draft): string => before + after;

/** The draft with the cursor a line higher or lower, in the same column; null where there is no such line. */
function toLine({ before, after }: Draft, step: -1 | 1): Draft | null {
  const lines = textOf({ before, after }).split('\n');
  const at = before.split('\n').length - 1;
  const target = lines[at + step];
  if (target === undefined) return null;
  const column = characters(before.slice(before.lastIndexOf('\n') + 1)).length;
  const head = [...lines.slice(0, at + step), characters(target).slice(0, column).join('')].join('\n');
  return { before: head, after: textOf({ before, after }).slice(head.length) };
}

function inHistory(state: PromptState, step: -1 | 1, history: readonly string[]): PromptState {
  const back = Math.min(history.length, Math.max(0, state.back - step));
  if (back === state.back) return state;
  const own = state.back === 0 ? state.draft : state.own;
  const draft = back === 0 ? own : { before: entryAt(history, back) ?? '', after: '' };
  return { ...state, back, own, draft };
}

function submitted(state: PromptState): PromptPressed {
  const text = textOf(state.draft);
  if (goesOn(text)) return { state: { ...state, draft: editDraft({ before: text, after: '' }, { name: 'j', text: '', ctrl: true }) } };
  return text.trim() === '' ? { state } : { state, done: { type: 'line', text: safeText(text) } };
}

function control(state: PromptState, key: Key, { history }: PromptContext): PromptPressed {
  const isEmpty = textOf(state.draft) === '';
  switch (key.name) {
    case 'c':
      if (!isEmpty) return { state: { ...state, draft: { before: '', after: '' }, back: 0 } };
      return state.leaving ? { state, done: { type: 'leave' } } : { state: { ...state, leaving: true, hint: 'once more to leave (or Ctrl-D, or /quit)' } };
    case 'd':
      return isEmpty ? { state, done: { type: 'leave' } } : { state: { ...state, draft: editDraft(state.draft, { name: 'delete', text: '' }) } };
    case 'z':
      return { state, done: { type: 'suspend' } };
    case 'r':
      return { state: { ...state, search: { query: '', back: null } } };
    case 'p':
      return { state: inHistory(state, -1, history) };
    case 'n':
      return { state: inHistory(state, 1, history) };
    default:
      return { state: { ...state, draft: editDraft(state.draft, key) } };
  }
}

function plain(state: PromptState, key: Key, { history, complete }: PromptContext): PromptPressed {
  switch (key.name) {
    case 'return':
      return submitted(state);
    // Ctrl-J, and what some terminals send for Shift-Enter.
    case 'enter':
      return { state: { ...state, draft: editDraft(state.draft, { name: 'j', text: '', ctrl: true }) } };
    case 'tab':
    case 'backtab':
      return { state: completeWord(state, key.name === 'tab' ? 1 : -1, complete) };
    case 'up':
    case 'down': {
      const step = key.name === 'up' ? -1 : 1;
      const draft = toLine(state.draft, step);
      return { state: draft === null ? inHistory(state, step, history) : { ...state, draft } };
    }
    case 'escape':
      return { state };
    default:
      return { state: { ...state, draft: editDraft(state.draft, { ...key, text: safeText(key.text) }) } };
  }
}

/** What a key means at the prompt. Pure; what is pasted is only ever text. */
export function pressPrompt(before: PromptState, key: Key, context: PromptContext): PromptPressed {
  const isTab = key.paste !== true && (key.name === 'tab' || key.name === 'backtab');
  const fresh: PromptState = { ...before, hint: null, ...(isTab ? {} : { menu: null }) };
  const searched = searchKey(fresh, key, context.history);
  if (searched !== undefined) return searched.submit === true ? submitted(searched.state) : { state: searched.state };
  const isAgain = key.ctrl === true && key.name === 'c';
  const state: PromptState = { ...fresh, leaving: isAgain && before.leaving };
  if (key.paste === true) {
    const pasted = { ...key, text: safeText(key.text) };
    return { state: { ...state, hint: tooMuch(state.draft, pasted), draft: editDraft(state.draft, pasted) } };
  }
  if (key.ctrl === true) return control(state, key, context);
  return key.meta === true && key.name !== 'escape' ? { state: { ...state, draft: editDraft(state.draft, key) } } : plain(state, key, context);
}
