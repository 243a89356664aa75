import type { Finding } from '../issue.js';
import type { Path } from '../path.js';
import { quote, show } from '../sentences.js';

/** A value of another language, and where it goes in ours. */
export interface Move {
  readonly from: Path;
  readonly to: Path;
  readonly value: unknown;
}

/** What became of a configuration in another language. Findings have their places in the original. */
export interface Conversion {
  readonly moves: readonly Move[];
  readonly findings: readonly Finding[];
}

export type Table = Readonly<Record<string, unknown>>;

/** What a key of the other language becomes. */
export type Rule = (value: unknown, from: Path) => Conversion;
export type Rules = Readonly<Record<string, Rule>>;

export const nothing: Conversion = { moves: [], findings: [] };

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

export const all = (parts: readonly Conversion[]): Conversion => ({ moves: parts.flatMap(({ moves }) => moves), findings: parts.flatMap(({ findings }) => findings) });

const remark = (severity: Finding['severity'], path: Path, message: string, suggestion?: string): Conversion => ({
  moves: [],
  findings: [{ severity, path, at: 'key', message, ...(suggestion === undefined ? {} : { suggestion }) }],
});

export const warn = (path: Path, message: string, suggestion?: string): Conversion => remark('warning', path, message, suggestion);
export const refuse = (path: Path, message: string, suggestion?: string): Conversion => remark('error', path, message, suggestion);
export const leftOut: Rule = (_value, from) => warn(from, 'has no counterpart here and is left out');
/** Its key may be none of this machine's, which would keep the agent from running at all. */
export const spareModel: Rule = (_value, from) => warn(from, 'a model to fall back on is left out', 'name it as "fallback" of an agent in a configuration of massgen\'s own');
export const quietly: Rule = () => nothing;

/** The value as it is, somewhere else. */
export const moveTo =
  (...to: Path): Rule =>
  (value, from) => ({ moves: [{ from, to, value }], findings: [] });

/** Text that is nobody's template: `${` in it is no variable of ours. */
export const literal = (text: string): string => text.split('${').join('$${');

export const moveTextTo =
  (...to: Path): Rule =>
  (value, from) => ({ moves: [{ from, to, value: typeof value === 'string' ? literal(value) : value }], findings: [] });

/** A value of the original in a sentence. */
export const named = (value: unknown): string => (typeof value === 'string' ? quote(value) : show(value, []));

/** Every key of a table by its rule; a key without a rule is warned about by name. */
export function convertTable(table: Table, from: Path, rules: Rules): Conversion {
  const present = Object.entries(table).filter(([, value]) => value !== null && value !== undefined);
  return all(present.map(([key, value]) => ((Object.hasOwn(rules, key) ? rules[key] : undefined) ?? leftOut)(value, [...from, key])));
}

const nameOf = (path: Path): string => JSON.stringify(path);

type Tree = Record<string | number, unknown>;

function put(root: Tree, { to, value }: Move): void {
  let node = root;
  to.slice(0, -1).forEach((part, index) => {
    node[part] ??= typeof to[index + 1] === 'number' ? [] : {};
    node = node[part] as Tree;
  });
  const last = to.at(-1);
  if (last !== undefined) node[last] = value;
}

/** Our configuration, and where in the original a place of it comes from. */
export function assemble(moves: readonly Move[]): { readonly value: unknown; readonly origin: (path: Path) => Path } {
  const root: Tree = {};
  const origins = new Map<string, Path>();
  for (const move of moves) {
    put(root, move);
    origins.set(nameOf(move.to), move.from);
  }
  const origin = (path: Path): Path => {
    for (let length = path.length; length > 0; length -= 1) {
      const from = origins.get(nameOf(path.slice(0, length)));
      if (from !== undefined) return [...from, ...path.slice(length)];
    }
    return [];
  };
  return { value: root, origin };
}
