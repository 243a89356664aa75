import Table from 'cli-table3';

export interface Column {
  readonly head: string;
  /** Characters; without it the column is as wide as it must be. */
  readonly width?: number;
  readonly align?: 'left' | 'right';
}

const NO_LINES = Object.fromEntries(['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((name) => [name, '']));

/** Rows as lines in columns, without rules and colours. Long cells wrap, or are cut with `…` when `wrap` is false. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], { wrap = true, head = true } = {}): readonly string[] {
  const table = new Table({
    chars: { ...NO_LINES, middle: '  ' },
    colWidths: columns.map(({ width }) => width ?? null),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    wordWrap: wrap,
    ...(head ? { head: columns.map((column) => column.head) } : {}),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().split('\n').map((line) => line.trimEnd());
}
