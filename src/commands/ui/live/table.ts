import { fill, fit, lineWidth, span, type Line } from './spans.js';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

/** A table whose last column takes what room is left; cells are cut, never wrapped. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Line[])[], width: number): readonly Line[] {
  const widths = columns.map(({ title }, place) => Math.max(title.length, ...rows.map((row) => lineWidth(row[place] ?? []))));
  const asLine = (cells: readonly Line[]): Line => {
    const shown = cells.flatMap((cell, place): Line => {
      const room = widths[place] ?? 0;
      const gap = place === 0 ? [] : [span('  ')];
      if (columns[place]?.align === 'right') return [...gap, span(' '.repeat(Math.max(0, room - lineWidth(cell)))), ...cell];
      return [...gap, ...(place === columns.length - 1 ? cell : fill(cell, room))];
    });
    return fit(shown, width);
  };
  return [asLine(columns.map(({ title }) => [span(title, 'text')])), ...rows.map(asLine)];
}
