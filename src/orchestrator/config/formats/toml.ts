import type { Locate, Position } from '../issue.js';
import { excerptAt, type ParsedText } from '../parse.js';
import type { Path } from '../path.js';

const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/;
const pair = /^(\s*)([\w."'-]+)\s*=\s*/;

const partsOf = (dotted: string): readonly string[] => dotted.split('.').map((part) => part.trim().replace(/^["']|["']$/g, ''));

/** Where the keys of a TOML text stand; lines that only look like keys inside a long text do no harm but to themselves. */
function placesOf(text: string): ReadonlyMap<string, { readonly key: Position; readonly value: Position }> {
  const places = new Map<string, { readonly key: Position; readonly value: Position }>();
  let table: readonly string[] = [];
  text.split('\n').forEach((content, index) => {
    const line = index + 1;
    const opened = header.exec(content)?.[1];
    if (opened !== undefined) table = partsOf(opened);
    const found = opened === undefined ? pair.exec(content) : null;
    const path = found?.[2] === undefined ? table : [...table, ...partsOf(found[2])];
    if ((opened === undefined && found === null) || places.has(path.join('\0'))) return;
    const column = (found?.[1]?.length ?? 0) + 1;
    places.set(path.join('\0'), { key: { line, column }, value: { line, column: (found?.[0].length ?? 0) + 1 } });
  });
  return places;
}

function locator(text: string): Locate {
  let places: ReturnType<typeof placesOf> | undefined;
  return (path: Path, at) => {
    places ??= placesOf(text);
    for (let length = path.length; length > 0; length -= 1) {
      const place = places.get(path.slice(0, length).join('\0'));
      if (place !== undefined) return length < path.length ? place.key : place[at];
    }
    return { line: 1, column: 1 };
  };
}

/** Reads a TOML document. Never throws; what is wrong comes back as an issue with its place in the text. */
export async function parseToml(source: string): Promise<ParsedText> {
  const { parse, TomlError } = await import('smol-toml');
  const text = source.replace(/^\uFEFF/, '');
  const excerpt = ({ line, column }: Position): string => excerptAt(text, line, column);
  try {
    return { value: parse(text, { maxDepth: 100 }), locate: locator(text), excerpt };
  } catch (error) {
    const { line, column } = error instanceof TomlError ? error : { line: 1, column: 1 };
    const reason = error instanceof TomlError ? (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '') : 'it is too deep or otherwise not readable';
    return { issue: { severity: 'error', location: 'file', message: `this is not TOML: ${reason}`, line, column, excerpt: excerpt({ line, column }) } };
  }
}
