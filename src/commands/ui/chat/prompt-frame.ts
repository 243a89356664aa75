import type { Frame } from '../live/frame.js';
import type { Glyphs } from '../live/glyphs.js';
import { fit, line, span, widthOf, type Line } from '../live/spans.js';
import { wrapText } from '../live/wrap.js';
import type { Menu, PromptState } from './prompt-state.js';
import { entryAt } from './search-history.js';

export interface PromptFrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  readonly history: readonly string[];
  /** What stands below the line while there is nothing better to say: as much of it as fits. */
  readonly status: readonly string[];
}

/** Rows that ways to complete a word may take. */
const MENU_ROWS = 6;

const cursorOf = ({ full }: Glyphs): string => (full === '#' ? '|' : '▏');

function menuLines({ items, at }: Menu, width: number, room: number): readonly Line[] {
  const cell = Math.min(width, Math.max(...items.map(widthOf)) + 2);
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.min(MENU_ROWS, room, Math.ceil(items.length / columns));
  const page = Math.max(1, rows * columns);
  const from = Math.floor((at ?? 0) / page) * page;
  const shown = items.slice(from, from + page);
  const lines = Array.from({ length: Math.ceil(shown.length / columns) }, (_unused, row): Line =>
    shown.slice(row * columns, (row + 1) * columns).map((item, place) => span(item + ' '.repeat(Math.max(0, cell - widthOf(item))), from + row * columns + place === at ? 'good' : 'text')),
  );
  return items.length > page ? [...lines, line(`${String(items.length)} in all`, 'text')] : lines;
}

/** The rows of a text around its cursor: as many as there is room for. */
function textRows(before: string, after: string, cursor: string, width: number, room: number): readonly string[] {
  const rows = wrapText(`${before}${cursor}${after}`, width);
  if (rows.length <= room) return rows;
  const at = wrapText(before + cursor, width).length;
  const end = Math.min(rows.length, Math.max(room, at + 1));
  return rows.slice(Math.max(0, end - room), end);
}

/** The parts that fit side by side, at least the first. */
const fitting = (parts: readonly string[], width: number): string => parts.reduce((text, part) => (text === '' ? part : widthOf(text) + 2 + widthOf(part) <= width ? `${text}  ${part}` : text), '');

const SIGN = '> ';

/** A line as it stays on the screen after it was sent. */
export const sentLines = (text: string, width: number): readonly Line[] => wrapText(text, Math.max(1, width - SIGN.length)).map((row, place) => [span(place === 0 ? SIGN : '  ', 'good'), span(row)]);

function searchLines({ search }: PromptState, history: readonly string[], width: number, cursor: string): readonly Line[] {
  if (search === null) return [];
  const found = search.back === null ? undefined : entryAt(history, search.back);
  const missing = search.query !== '' && found === undefined;
  const rows = found === undefined ? [] : wrapText(found, Math.max(1, width - SIGN.length)).slice(0, 3);
  return [...rows.map((row): Line => [span('  '), span(row)]), [span('search: ', 'good'), span(`${search.query}${cursor}`), ...(missing ? [span('  no question has that in it', 'warning')] : [])]];
}

/** The line that is being written on a screen: never as high as it, no row wider. Pure. */
export function promptFrame(state: PromptState, { columns: width, rows, glyphs, history, status }: PromptFrameOptions): Frame {
  const cursor = cursorOf(glyphs);
  const fitted = (lines: readonly Line[]): readonly Line[] => lines.map((each) => fit(each, width, glyphs.more));
  const room = Math.max(1, rows - 3);
  if (state.search !== null) {
    const keys = line('Enter asks it  Esc edits it  Ctrl-R further back  Ctrl-C drops', 'text');
    return { header: [], body: fitted(searchLines(state, history, width, cursor).slice(-room)), footer: fitted([state.hint === null ? keys : line(state.hint, 'warning')]), maxScroll: 0 };
  }
  const menu = state.menu === null ? [] : menuLines(state.menu, width, Math.max(1, room - 3));
  const below = [...menu.slice(0, Math.max(0, rows - 3)), state.hint === null ? line(fitting(status, width), 'text') : line(state.hint, 'warning')];
  const body = textRows(state.draft.before, state.draft.after, cursor, Math.max(1, width - SIGN.length), Math.max(1, rows - 1 - below.length));
  return { header: [], body: fitted(body.map((row, place): Line => [span(place === 0 ? SIGN : '  ', 'good'), span(row)])), footer: fitted(below), maxScroll: 0 };
}
