import { fitsColumns } from '../frame-agents.js';
import { plural } from '../figures.js';
import type { Glyphs } from '../glyphs.js';
import { fill, line, span, type Line } from '../spans.js';
import type { ViewState } from '../view-state.js';
import { wrapText } from '../wrap.js';
import { safeText } from '../../safe-text.js';

function answerRows(view: ViewState, id: string, width: number): readonly Line[] {
  const { order, agents } = view.run;
  const agent = agents[id];
  const newest = agent?.revisions.at(-1);
  const head: Line = [span(id, 'name', order.indexOf(id)), span(newest === undefined ? '' : `  ${agent?.info.anonymous.replace('agent', 'answer') ?? ''}.${String(newest.rev)}`, 'good')];
  if (newest === undefined) return [head, line('no answer yet', 'text')];
  const text = safeText(newest.text);
  return [head, line(plural(text.split(/\s+/u).filter(Boolean).length, 'word'), 'text'), ...wrapText(text, width).map((row) => line(row))];
}

/** The newest answer of each agent: side by side where they fit, else one below the other. */
export function answersLines(view: ViewState, width: number, glyphs: Glyphs): readonly Line[] {
  const { order } = view.run;
  if (!fitsColumns(order.length, width)) return order.flatMap((id, place) => [...(place === 0 ? [] : [[]]), ...answerRows(view, id, width)]);
  const between = ` ${glyphs.column} `;
  const column = Math.floor((width - between.length * (order.length - 1)) / order.length);
  const columns = order.map((id) => answerRows(view, id, column));
  return Array.from({ length: Math.max(...columns.map(({ length }) => length)) }, (_unused, row) => columns.flatMap((rows, place) => [...(place === 0 ? [] : [span(between, 'text')]), ...fill(rows[row] ?? [], column)]));
}
