import type { SessionSummary } from '../../../orchestrator/index.js';
import { createListTable } from '../logs-list-table.js';
import { safeText } from '../safe-text.js';
import { editDraft } from './edit-draft.js';
import type { Frame } from './frame.js';
import type { Glyphs } from './glyphs.js';
import type { Key } from './keys.js';
import { fit, line, span, type Line } from './spans.js';
import type { Draft } from './ui-state.js';

/** Sessions to choose from, and how far the choice has come; plain data. */
export interface BrowserState {
  readonly sessions: readonly SessionSummary[];
  /** What has been typed to find some of them. */
  readonly search: Draft;
  readonly isSearching: boolean;
  /** The place of the one that is pointed at, among those found. */
  readonly at: number;
  /** The one to compare another with. */
  readonly marked: string | null;
}

export type Choice = { readonly type: 'show' | 'replay' | 'answer' | 'open'; readonly id: string } | { readonly type: 'diff'; readonly ids: readonly [string, string] } | { readonly type: 'leave' };

export interface BrowserPressed {
  readonly state: BrowserState;
  readonly choice?: Choice;
}

const CHOICES: Readonly<Record<string, 'replay' | 'answer' | 'open'>> = { r: 'replay', a: 'answer', o: 'open' };
const NOTHING: Draft = { before: '', after: '' };
const PAGE = 10;
/** The table's last column, which may fall off the screen: nobody has to type an id here. */
const ID = 15;

export const openBrowser = (sessions: readonly SessionSummary[]): BrowserState => ({ sessions, search: NOTHING, isSearching: false, at: 0, marked: null });

const matches = ({ id, question, status, winner, agents, turns }: SessionSummary, words: readonly string[]): boolean => {
  const text = [id, question ?? '', status, winner ?? '', ...agents, ...turns.map((turn) => turn.question ?? '')].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
};

/** The sessions with every word of the search in them. */
export function found({ sessions, search }: BrowserState): readonly SessionSummary[] {
  const words = (search.before + search.after).toLowerCase().split(/\s+/u).filter(Boolean);
  return words.length === 0 ? sessions : sessions.filter((session) => matches(session, words));
}

function moved(state: BrowserState, name: string): BrowserState {
  const last = Math.max(0, found(state).length - 1);
  const steps: Readonly<Record<string, number>> = { up: -1, k: -1, down: 1, j: 1, pageup: -PAGE, pagedown: PAGE, home: -Infinity, end: Infinity };
  const step = Object.hasOwn(steps, name) ? (steps[name] ?? 0) : 0;
  return { ...state, at: Math.min(last, Math.max(0, state.at + step)) };
}

function searching(state: BrowserState, key: Key): BrowserPressed {
  if (key.name === 'return' || key.name === 'enter') return { state: { ...state, isSearching: false } };
  if (key.name === 'escape') return { state: { ...state, isSearching: false, search: NOTHING, at: 0 } };
  if (key.name === 'up' || key.name === 'down') return { state: moved(state, key.name) };
  return { state: { ...state, search: editDraft(state.search, { ...key, text: safeText(key.text).replaceAll('\n', ' ') }), at: 0 } };
}

function compared(state: BrowserState, id: string): BrowserPressed {
  if (state.marked === null) return { state: { ...state, marked: id } };
  return state.marked === id ? { state: { ...state, marked: null } } : { state, choice: { type: 'diff', ids: [state.marked, id] } };
}

/** What a key means in the list. Pure. */
export function pressBrowser(state: BrowserState, key: Key): BrowserPressed {
  if (key.ctrl === true && (key.name === 'c' || key.name === 'd')) return { state, choice: { type: 'leave' } };
  if (state.isSearching) return searching(state, key);
  if (key.paste === true || key.ctrl === true) return { state };
  const id = found(state)[state.at]?.id;
  switch (key.name) {
    case 'q':
    case 'escape':
      return { state, choice: { type: 'leave' } };
    case '/':
      return { state: { ...state, isSearching: true } };
    case 'd':
      return id === undefined ? { state } : compared(state, id);
    case 'return':
    case 'enter':
    case 's':
    case 'r':
    case 'a':
    case 'o':
      return id === undefined ? { state } : { state, choice: { type: CHOICES[key.name] ?? 'show', id } };
    default:
      return { state: moved(state, key.name) };
  }
}

const KEYS = ['Enter show', 'r replay', 'a answer', 'o open', 'd mark to compare', '/ search'];
const LEAVE = 'q leave';

/** As many keys as there is room for; how to leave is said on any screen. */
function keysLine(count: string, width: number): string {
  const shown = [count];
  for (const key of KEYS) if ([...shown, key, LEAVE].join('  ').length <= width) shown.push(key);
  return [...shown, LEAVE].join('  ');
}

/** The list on a screen: never as high as it, no row wider. Pure. */
export function browserFrame(state: BrowserState, columns: number, rows: number, glyphs: Glyphs): Frame {
  const table = createListTable(columns - 2 + ID);
  const list = found(state);
  const room = Math.max(1, rows - 5);
  const from = Math.max(0, Math.min(state.at - Math.floor(room / 2), list.length - room));
  const body = list.slice(from, from + room).map((session, place): Line => {
    const isHere = from + place === state.at;
    const sign = isHere ? glyphs.note : session.id === state.marked ? glyphs.done : ' ';
    return [span(`${sign} `, 'good'), span(table.row(session), isHere ? 'good' : 'normal')];
  });
  const search = state.isSearching ? [line(`/${state.search.before}${glyphs.full === '#' ? '|' : '▏'}${state.search.after}`, 'good')] : state.search.before + state.search.after === '' ? [] : [line(`/${state.search.before}${state.search.after}`, 'text')];
  const remark = state.marked === null ? [] : [line(`d on another session compares it with ${state.marked}`, 'warning')];
  const count = list.length === state.sessions.length ? `${String(list.length)} sessions` : `${String(list.length)} of ${String(state.sessions.length)} sessions`;
  const fitted = (lines: readonly Line[]): readonly Line[] => lines.map((each) => fit(each, columns, glyphs.more));
  const footer = fitted([...search, ...remark, line(keysLine(count, columns), 'text')]);
  return { header: fitted([line(`  ${table.head}`, 'text')]), body: fitted(body.slice(0, Math.max(1, rows - 2 - footer.length))), footer, maxScroll: 0 };
}
