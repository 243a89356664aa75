import type { Issue } from './issue.js';

/** What the YAML reader says, and what a person is told. */
const sentences: readonly (readonly [RegExp, string, string?])[] = [
  [/tab characters/, 'a tab is used for indentation', 'indent with spaces'],
  [/deficient indentation/, 'this line is indented too little', 'indent it further, or close the bracket or quote that was opened above'],
  [/duplicated mapping key/, 'this key is there twice', 'keep one of them'],
  [/unknown \w+ tag/, 'tags such as "!name" are not allowed', 'write plain values'],
  [/complex keys/, 'a key must be text', 'put text that begins with "{" or "[" in quotes'],
  [/unidentified alias/, 'no anchor of this name stands above', 'put text that begins with "*" in quotes'],
  [/name of an alias/, 'a value does not begin with "*"', 'put it in quotes'],
  [/alias/i, 'too many anchors are referred to'],
  [/bad indentation/, 'the indentation does not fit, or a value with ": " in it lacks quotes', 'line up the keys of one map, and put such a value in quotes'],
  [/hexadecimal|escape/, 'a "\\" in double quotes begins an escape, and this is none', 'use single quotes, or write "\\\\" for one'],
  [/line break is expected/, 'text after ">" or "|" begins on the next line', 'put the value in quotes, or its text below, indented'],
  [/end of the stream within a flow/, 'a bracket is opened and never closed', 'add the closing "]" or "}"'],
  [/end of the stream within/, 'a quote is opened and never closed', 'add the closing quote'],
  [/maxDepth/, 'lists and maps are more than 100 deep'],
  [/implicit key|expected ':'/, 'a ":" is missing after a key', 'write "key: value", and put text with special characters in quotes'],
  [/document separator is expected/, 'this line does not belong to what stands above', 'check its indentation'],
  [/missed comma/, 'a comma is missing between the items of a bracket', 'separate them with ", "'],
  [/non-printable|null byte|JSON character/, 'the text holds a character that cannot be printed', 'save the file as UTF-8 text'],
  [/single document/, 'there is more than one document ("---") in the file', 'keep one'],
  [/merge/, '"<<" must name a map', 'refer to an anchor of a map, as in "<<: *name"'],
];

type Words = Pick<Issue, 'message' | 'suggestion'>;

/** What lies behind "bad indentation" or a missing comma, by what stands there. */
function besides(reason: string, text: string, offset: number): Words | undefined {
  if (!/bad indentation|missed comma/.test(reason)) return undefined;
  const before = text.slice(Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - 200), offset);
  const here = text[offset] ?? '';
  if ('@`%'.includes(here) && here !== '' && /(?:^|[-:,[{])\s*$/.test(before)) return { message: `a value does not begin with ${here}`, suggestion: 'put it in quotes' };
  const [quote] = /["'](?=\s*$)/.exec(before) ?? [];
  if (quote === undefined || /^[\s:]/.test(here)) return undefined;
  return { message: 'the text goes on after its closing quote', suggestion: quote === '"' ? 'write \\" for a quote in the text' : "write '' for an apostrophe in the text, or put it in double quotes" };
}

/** Where to point: the reader does not say where a map is taken for a key, as in text such as `{{name}}`. */
export function placeOf(reason: string, text: string, offset: number): number {
  const braces = reason.includes('complex keys') && offset === 0 ? text.search(/(?<=:\s{0,9})\{\{/) : -1;
  return braces === -1 ? offset : braces;
}

/** What is wrong with a text that is no YAML, and what to do. */
export function wordsFor(reason: string, text: string, offset: number): Words {
  const found = besides(reason, text, offset);
  if (found !== undefined) return found;
  const [, message = `this is not YAML: ${reason}`, suggestion] = sentences.find(([pattern]) => pattern.test(reason)) ?? [];
  const key = reason.includes('duplicated') ? /^["']?([\w.-]{1,60})/.exec(text.slice(offset, offset + 62))?.[1] : undefined;
  return { message: key === undefined ? message : `the key "${key}" is there twice`, ...(suggestion === undefined ? {} : { suggestion }) };
}
