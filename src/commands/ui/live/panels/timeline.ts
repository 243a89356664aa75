import { clock } from '../figures.js';
import { span, type Line } from '../spans.js';
import type { Entry, ViewState } from '../view-state.js';
import { wrapText } from '../wrap.js';

/** One thing that happened: when, who, what. Further rows of a long one are indented. */
export function entryLines({ t, about, text, tone }: Entry, order: readonly string[], width: number): readonly Line[] {
  const time = `${clock(t).padStart(5)} `;
  const who = `${about ?? 'massgen'} `;
  const room = Math.max(12, width - time.length - who.length);
  return wrapText(text, room).map((row, place) =>
    place === 0 ? [span(time, 'text'), span(who, 'name', about === null ? -1 : order.indexOf(about)), span(row, tone)] : [span(' '.repeat(Math.max(0, Math.min(width - room, time.length + who.length)))), span(row, tone)],
  );
}

/** Everything that has happened, oldest first. */
export const timelineLines = ({ entries, run }: ViewState, width: number): readonly Line[] => entries.flatMap((entry) => entryLines(entry, run.order, width));
