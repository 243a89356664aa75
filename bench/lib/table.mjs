// From samples to one plain table.
import { fmt, median } from './stats.mjs';

/** Values per round and name; a ratio is formed inside a round, then the median is taken. */
export class Samples {
  #values = new Map();

  add(name, round, value) {
    if (!this.#values.has(name)) this.#values.set(name, new Map());
    const rounds = this.#values.get(name);
    rounds.set(round, [...(rounds.get(round) ?? []), value]);
  }

  has(name) {
    return this.#values.has(name);
  }

  value(name) {
    return median([...(this.#values.get(name)?.values() ?? [])].flat());
  }

  ratio(name, against) {
    const [ours, theirs] = [this.#values.get(name), this.#values.get(against)];
    return median([...ours].filter(([round]) => theirs.has(round)).map(([round, values]) => median(values) / median(theirs.get(round))));
  }
}

/**
 * One row: `subject` against `against`. `target` is the highest ratio that is ok; `aim` one that would be nice.
 * Nothing when either was not measured.
 */
export function compare(name, samples, { subject, against, target, aim }) {
  if (!samples.has(subject) || !samples.has(against)) return [];
  return [{ name, subject, value: samples.value(subject), against, other: samples.value(against), ratio: samples.ratio(subject, against), target, aim }];
}

function verdict({ ratio, target, aim }) {
  if (Number.isNaN(ratio)) return 'no value';
  if (target !== undefined) return ratio <= target ? 'ok' : 'over';
  if (aim !== undefined) return ratio <= aim ? 'reached' : 'not yet';
  return '';
}

function limit({ target, aim }) {
  if (target !== undefined) return `<= ${target}`;
  return aim === undefined ? '' : `aim ${aim}`;
}

export function tableText(title, rows) {
  const head = ['', 'who', 'value', 'against', 'value', 'ratio', 'target', ''];
  const cells = rows.map((row) => [row.name, row.subject, fmt(row.value), row.against, fmt(row.other), row.ratio.toFixed(2), limit(row), verdict(row)]);
  const lines = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isNumber = (column) => [2, 4, 5].includes(column);
  const text = (line) => line.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd();
  return `\n${title}\n${lines.map(text).join('\n')}\n`;
}
