/** One value of a configuration and where it comes from. */
export interface ShownLine {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly origin: string;
  readonly variables: readonly string[];
}

export interface ShownFile {
  readonly file: string;
  readonly values: readonly ShownLine[];
}

interface Row {
  readonly text: string;
  readonly remark: string;
}

const widest = 60;
const plainText = /^[A-Za-z][\w ./:@-]*$/;
const words = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off']);

/** A value as YAML on one line. */
function scalar(value: unknown): string {
  if (typeof value === 'string' && plainText.test(value) && !/:( |$)| #| $/.test(value) && !words.has(value.toLowerCase())) return value;
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** What of a path must be written anew after the one before it: maps and lists that begin here. */
function rowsOf({ path, value, origin, variables }: ShownLine, previous: readonly (string | number)[]): readonly Row[] {
  let shared = 0;
  while (shared < path.length - 1 && shared < previous.length && path[shared] === previous[shared]) shared += 1;
  const rows: Row[] = [];
  let lead: string | undefined;
  let column = path.slice(0, shared).reduce<number>((sum) => sum + 2, 0);
  path.slice(shared).forEach((part, offset) => {
    const isLast = shared + offset === path.length - 1;
    const indent = lead ?? ' '.repeat(column);
    lead = undefined;
    const tail = isLast ? ` ${scalar(value)}` : '';
    const remark = isLast ? `${origin}${variables.length === 0 ? '' : ` ${variables.join(', ')}`}` : '';
    if (typeof part === 'number' && !isLast) lead = `${indent}- `;
    else rows.push({ text: typeof part === 'number' ? `${indent}-${tail}` : `${indent}${part}:${tail}`, remark });
    column += 2;
  });
  return rows;
}

/** A configuration as YAML, with the origin of each value as a comment. */
export function configLines({ file, values }: ShownFile): readonly string[] {
  const rows = values.flatMap((line, index) => rowsOf(line, values[index - 1]?.path ?? []));
  const width = Math.min(widest, Math.max(0, ...rows.map(({ text }) => text.length)));
  return [`# ${file}`, ...rows.map(({ text, remark }) => (remark === '' ? text : `${text.padEnd(width)}  # ${remark}`))];
}
