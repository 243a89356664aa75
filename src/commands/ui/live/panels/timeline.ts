import { clock } from '../figures.js';
import { fit, span, widthOf, type Line } from '../spans.js';
import type { Entry, ViewState } from '../view-state.js';
import { wrapText } from '../wrap.js';

/** A text narrower than this is better off below the name. */
const NARROWEST = 12;

/** One thing that happened: when, who, what. Further rows of a long one are indented. */
export function entryLines({ t, about, text, tone }: Entry, order: readonly string[], width: number): readonly Line[] {
  const time = `${clock(t).padStart(5)} `;
  const who = `${about ?? 'massgen'} `;
  const head: Line = [span(time, 'text'), span(who, 'name', about === null ? -1 : order.indexOf(about))];
  const beside = width - time.length - widthOf(who);
  const indent = beside < NARROWEST ? time.length : width - beside;
  const rows = wrapText(text, width - indent).map((row): Line => [span(' '.repeat(indent)), span(row, tone)]);
  return beside < NARROWEST ? [fit(head, width), ...rows] : rows.map((row, place) => (place === 0 ? [...head, ...row.slice(1)] : row));
}

/** Everything that has happened, oldest first. */
export const timelineLines = ({ entries, run }: ViewState, width: number): readonly Line[] => entries.flatMap((entry) => entryLines(entry, run.order, width));
