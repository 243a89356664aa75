import type { Schema } from './request.js';

/** `partySize` and `party_size` are “party size”. */
export const wordsOf = (name: string): readonly string[] => name.replaceAll(/([a-z])([A-Z])/gu, '$1 $2').toLowerCase().split(/[^a-z0-9]+/u).filter((word) => word !== '');

const typeOf = ({ type }: Schema): string | undefined => (typeof type === 'string' ? type : type?.find((each) => each !== 'null'));
const escaped = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** What a text says after a name: `path notes.md`, `content exactly:\n…`. */
function namedValue(text: string, name: string): string | undefined {
  const place = wordsOf(name).map(escaped).join('[ _-]');
  const long = new RegExp(`\\b${place}\\b(?: (?:exactly|is|as follows|verbatim|should be))*\\s*[:=]\\s*\\n?([^]+)$`, 'iu').exec(text)?.[1];
  const short = new RegExp(`\\b${place}\\b(?: is| of| named| called|:| =)? ["“'\`]?([^\\s,"”'\`]+)`, 'iu').exec(text)?.[1];
  return long?.trim() ?? short;
}

/** Names of people and places in a text; the first word of a sentence is none by its capital alone. */
function properNames(text: string): readonly string[] {
  const found = [...text.matchAll(/(?<![.!?]\s|^)\b(\p{Lu}[\p{L}'’.-]*(?: (?:de |la |of )?\p{Lu}[\p{L}'’-]*)*)/gu)].flatMap(([, name]) => name ?? []);
  return found.filter((name) => !/^(?:I|JSON|AND|OR|What|Call)$/u.test(name)).map((name) => name.replace(/[.'’]+$/u, ''));
}

function numberIn(text: string, name: string): number | undefined {
  const after = namedValue(text, name);
  const found = after !== undefined && /^-?\d/u.test(after) ? after : /-?\d+(?:\.\d+)?/u.exec(text)?.[0];
  return found === undefined ? undefined : Number.parseFloat(found);
}

const SAMPLES: Readonly<Record<string, string>> = { name: 'Ada Morgan', city: 'Paris', email: 'ada@example.com', country: 'France' };

function textFor(name: string, text: string): string {
  const quoted = /["“`]([^"”`\n]+)["”`]/u.exec(text)?.[1];
  const [proper] = properNames(text);
  return namedValue(text, name) ?? quoted ?? proper ?? SAMPLES[wordsOf(name).at(-1) ?? ''] ?? 'something';
}

/** A value that a schema accepts and that says what the text says. */
export function fill(schema: Schema, text: string, name = 'value'): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum.find((each) => typeof each === 'string' && text.toLowerCase().includes(each.toLowerCase())) ?? schema.enum[0];
  switch (typeOf(schema) ?? (schema.properties === undefined ? 'string' : 'object')) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, child]) => [key, fill(child, text, key)]));
    case 'array':
      return [fill(schema.items ?? {}, text, name)];
    case 'integer':
      return Math.trunc(numberIn(text, name) ?? schema.minimum ?? 30);
    case 'number':
      return numberIn(text, name) ?? schema.minimum ?? 30;
    case 'boolean':
      return wordsOf(name).some((word) => text.toLowerCase().includes(word)) && !/\b(?:not|no|without)\b/iu.test(text);
    case 'null':
      return null;
    default:
      return textFor(name, text);
  }
}

const TYPES: Readonly<Record<string, string>> = { text: 'string', string: 'string', number: 'number', integer: 'integer', boolean: 'boolean', list: 'array', array: 'array' };

/** An object with the fields that a text asks for in quotes, each of the type that it says. */
export function objectFrom(text: string): Readonly<Record<string, unknown>> | undefined {
  const fields = [...text.matchAll(/["“'`](\w{1,40})["”'`]\s*\(?(?:(?:a|an|as|which is|:)\s+)*(\w+)?/gu)];
  if (fields.length === 0) return undefined;
  const properties = fields.map(([, name = '', type = '']): readonly [string, Schema] => [name, { type: TYPES[type.toLowerCase()] ?? 'string' }]);
  return Object.fromEntries(properties.map(([name, schema]) => [name, fill(schema, text.replaceAll(/["“'`][^"”'`]*["”'`]/gu, ''), name)]));
}
