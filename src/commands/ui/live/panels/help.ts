import { keysFor } from '../keys.js';
import { line, span, type Line } from '../spans.js';
import { wrapText } from '../wrap.js';

/** Every key and what it does. */
export function helpLines(width: number, steers: boolean): readonly Line[] {
  const shown = keysFor(steers);
  const label = Math.max(...shown.map(({ keys }) => keys.length)) + 2;
  return shown.flatMap(({ keys, does }) => wrapText(does, Math.max(12, width - label)).map((row, index): Line => (index === 0 ? [span(keys.padEnd(label), 'good'), span(row)] : line(' '.repeat(label) + row))));
}
