/** Where a value is inside a configuration. */
export type Path = readonly (string | number)[];

const longestKey = 60;

function segment(part: string | number, first: boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  if (/^[\w-]+$/.test(part) && part.length <= longestKey) return first ? part : `.${part}`;
  return `[${JSON.stringify(part.length > longestKey ? `${part.slice(0, longestKey)}…` : part)}]`;
}

/** `agents[1].backend.type`; the whole configuration is `root`. */
export function formatPath(path: Path): string {
  return path.length === 0 ? 'root' : path.map((part, index) => segment(part, index === 0)).join('');
}

function child(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<string | number, unknown>)[part];
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(child, value);
}

/** A path as a JSON pointer. */
export const toPointer = (path: Path): string => path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The path of a JSON pointer into `value`; list items get numbers. */
export function pathFromPointer(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let current = value;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(current) ? Number(key) : key);
    current = child(current, key);
  }
  return path;
}
