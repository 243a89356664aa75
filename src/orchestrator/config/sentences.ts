import { isSecretName } from './mask.js';
import type { Path } from './path.js';
import type { JsonType, Schema } from './schema/types.js';

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
};

export function expected(schema: Schema): string {
  return [schema.type ?? []]
    .flat()
    .filter((type) => type !== 'null')
    .map((type) => typeWords[type] ?? type)
    .join(' or ');
}

const longestShown = 40;

/** Text in quotes, cut when long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}

/** A value in a sentence, short, and never one that a secret key holds. `given` is from before variables were replaced. */
export function show(given: unknown, path: Path): string {
  if (path.some((part) => typeof part === 'string' && isSecretName(part))) return 'what is given';
  if (typeof given === 'string') return `the text ${quote(given)}`;
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  if (Array.isArray(given)) return 'a list';
  return typeof given === 'object' && given !== null ? 'a map' : 'nothing';
}

export function joinWords(words: readonly string[], link: 'or' | 'and' = 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${link} ${words.at(-1) ?? ''}`;
}

/** Whether a text holds a comment of JavaScript, which is none here and so became part of it. */
export const holdsComment = (text: string): boolean => /(?:^|\s)\/[/*]/.test(text);

const isNumber = (text: string): boolean => /^\s*-?\d+(\.\d+)?\s*$/.test(text);

function hintForText(text: string, types: readonly JsonType[]): string | undefined {
  if (holdsComment(text)) return 'begin comments with "#"';
  return isNumber(text) && (types.includes('number') || types.includes('integer')) ? 'write it without quotes' : undefined;
}

/** A hint for the commonest mix-ups of kinds of value. */
export function typeHint(schema: Schema, given: unknown): string | undefined {
  const types: readonly JsonType[] = [schema.type ?? []].flat();
  if (typeof given === 'string') return hintForText(given, types);
  if (types.includes('array') && typeof given === 'object' && given !== null) return 'begin each item with "- "';
  if (types.includes('string') && (typeof given === 'number' || typeof given === 'boolean')) return 'put it in quotes';
  if (types.includes('object') && Array.isArray(given)) return 'write "key: value" lines without "- "';
  return undefined;
}
