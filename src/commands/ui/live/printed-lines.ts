import type { Glyphs } from './glyphs.js';
import { plural } from './figures.js';
import { entryLines } from './panels/timeline.js';
import { fit, span, type Line } from './spans.js';
import type { Entry } from './view-state.js';
import { wrapText } from './wrap.js';

/** Rows of a text that go to the scrollback: enough to see what it is. */
const ROWS = 8;

/** What is left of an entry in the scrollback: what happened, and of a text its beginning. */
export function printedLines(entry: Entry, order: readonly string[], width: number, glyphs: Glyphs): readonly Line[] {
  const head = entryLines(entry, order, width);
  if (entry.body === null) return head;
  const margin = `      ${glyphs.column} `;
  const rows = wrapText(entry.body, Math.max(12, width - margin.length));
  const shown = rows.length > ROWS + 2 ? rows.slice(0, ROWS) : rows;
  const rest = rows.length - shown.length;
  const body = shown.map((row): Line => [span(margin, 'text'), span(row)]);
  return [...head, ...body, ...(rest === 0 ? [] : [fit([span(margin, 'text'), span(`${glyphs.more} ${plural(rest, 'more row')}`, 'text')], width, glyphs.more)])];
}
