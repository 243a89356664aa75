import { safeText } from '../safe-text.js';
import type { Key } from '../live/keys.js';
import { characters } from '../live/spans.js';
import type { PromptState, Search } from './prompt-state.js';

/** The question that stands `back` places before the end of the history, the newest being 1. */
export const entryAt = (history: readonly string[], back: number): string | undefined => (back < 1 ? undefined : history.at(-back));

/** The nearest question from `back` on that has the query in it. */
function find(history: readonly string[], query: string, back: number): number | null {
  const wanted = query.toLowerCase();
  for (let place = back; place <= history.length; place += 1) if (entryAt(history, place)?.toLowerCase().includes(wanted) === true) return place;
  return null;
}

const isSubmit = ({ name, ctrl, meta, paste }: Key): boolean => name === 'return' && ctrl !== true && meta !== true && paste !== true;

interface Searched {
  readonly state: PromptState;
  readonly submit?: true;
}

const looked = (state: PromptState, history: readonly string[], query: string, from: number): Searched => ({ state: { ...state, search: { query, back: query === '' ? null : find(history, query, from) } } });

function older(state: PromptState, { query, back }: Search, history: readonly string[]): Searched {
  if (query === '') return { state };
  const next = find(history, query, (back ?? 0) + 1);
  return next === null ? { state: { ...state, hint: 'there is none before it' } } : { state: { ...state, search: { query, back: next } } };
}

function controlKey(state: PromptState, search: Search, name: string, history: readonly string[]): Searched | undefined {
  if (name === 'c' || name === 'g') return { state: { ...state, search: null } };
  return name === 'r' ? older(state, search, history) : undefined;
}

/** A key while the history is searched, `submit` when the question that was found is to be asked; undefined when it is not searched. */
export function searchKey(state: PromptState, key: Key, history: readonly string[]): Searched | undefined {
  const { search } = state;
  if (search === null) return undefined;
  const controlled = key.ctrl === true ? controlKey(state, search, key.name, history) : undefined;
  if (controlled !== undefined) return controlled;
  if (key.name === 'backspace') return looked(state, history, characters(search.query).slice(0, -1).join(''), 1);
  const text = key.ctrl === true || key.meta === true ? '' : safeText(key.text).replaceAll('\n', ' ');
  if (text !== '') return looked(state, history, search.query + text, search.back ?? 1);
  const found = search.back === null ? undefined : entryAt(history, search.back);
  const taken: PromptState = { ...state, search: null, ...(found === undefined ? {} : { draft: { before: found, after: '' } }) };
  return isSubmit(key) && found !== undefined ? { state: taken, submit: true } : { state: taken };
}
