import { constructFromEvents, CORE_SCHEMA, EVENT_ID, mergeTag, parseEvents, YAMLException, type Event } from 'js-yaml';
import type { Issue, Locate, Position } from './issue.js';
import { maskLine } from './mask.js';
import { locator, positionsIn } from './position.js';

/** A text that could be read. */
export interface ParsedDocument {
  readonly value: unknown;
  readonly locate: Locate;
  /** The line of a place with a caret below it, secrets hidden. */
  readonly excerpt: (position: Position) => string;
}

export type ParsedText = ParsedDocument | { readonly issue: Issue };

// `<<` is not part of YAML 1.2, but files written for YAML 1.1 use it.
const schema = CORE_SCHEMA.withTags(mergeTag);
const limits = { schema, maxAliases: 1000, maxTotalMergeKeys: 10_000 };

const sentences: readonly (readonly [RegExp, string, string?])[] = [
  [/tab characters/, 'a tab is used for indentation', 'indent with spaces'],
  [/deficient indentation/, 'this line is indented too little', 'indent it further, or close the bracket or quote that was opened above'],
  [/duplicated mapping key/, 'this key is there twice', 'keep one of them'],
  [/unknown \w+ tag/, 'tags such as "!name" are not allowed', 'write plain values'],
  [/complex keys/, 'a key must be text'],
  [/unidentified alias/, 'no anchor of this name stands above'],
  [/alias/i, 'too many anchors are referred to'],
  [/bad indentation/, 'the indentation does not fit, or a value with ": " in it lacks quotes', 'line up the keys of one map, and put such a value in quotes'],
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

const widest = 160;
// A key this far before its value is still seen when secrets are hidden.
const margin = 1000;

/** The line at an offset with a caret below the place, secrets hidden. */
export function excerptAt(text: string, line: number, column: number): string {
  const whole = (text.split('\n', line)[line - 1] ?? '').replace(/\r$/, '');
  const start = Math.max(0, Math.min(column - 1, whole.length) - widest / 2);
  const from = Math.max(0, start - margin);
  const masked = maskLine(whole.slice(from, start + margin)).slice(start - from, start - from + widest).replaceAll('\t', ' ');
  const prefix = `  ${line} | `;
  // What is hidden before the place is shorter than it was.
  const before = maskLine(whole.slice(from, Math.max(from, column - 1))).length - (start - from);
  return `${prefix}${masked}\n${' '.repeat(prefix.length + Math.max(0, before))}^`;
}

type Words = Pick<Issue, 'message' | 'suggestion'>;

function wordsFor(reason: string, text: string, offset: number): Words {
  const [, message = `this is not YAML: ${reason}`, suggestion] = sentences.find(([pattern]) => pattern.test(reason)) ?? [];
  const key = reason.includes('duplicated') ? /^["']?([\w.-]{1,60})/.exec(text.slice(offset, offset + 62))?.[1] : undefined;
  return { message: key === undefined ? message : `the key "${key}" is there twice`, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Where on a line or the one before it somebody wrote `key = value`. */
function equalsSign(text: string, line: number): Position | undefined {
  const lines = text.split('\n', line);
  const found = [line, line - 1].flatMap((number) => {
    const before = /^(\s*(?:- +)?)[\w-]+ *= /.exec(lines[number - 1] ?? '')?.[1];
    return before === undefined ? [] : [{ line: number, column: before.length + 1 }];
  });
  return found[0];
}

function toIssue(thrown: unknown, text: string): Issue {
  const reason = thrown instanceof YAMLException ? thrown.reason : 'it is too deep or otherwise not readable as YAML';
  const offset = Math.min((thrown instanceof YAMLException ? thrown.mark?.position : undefined) ?? 0, text.length);
  const place = positionsIn(text)(offset);
  const equals = /indentation|implicit key|expected ':'/.test(reason) ? equalsSign(text, place.line) : undefined;
  const { line, column } = equals ?? place;
  const words = equals === undefined ? wordsFor(reason, text, offset) : { message: 'a key is followed by "=" where ":" is wanted', suggestion: 'write "key: value"' };
  return { severity: 'error', location: 'file', ...words, line, column, excerpt: excerptAt(text, line, column) };
}

/** Where the second document of a file begins. */
function secondDocument(text: string, events: readonly Event[]): number {
  const [, at = 0] = events.flatMap(({ type }, index) => (type === EVENT_ID.DOCUMENT ? [index] : []));
  const first = events[at + 1];
  const offset = first === undefined ? text.length : 'valueStart' in first ? first.valueStart : 'start' in first ? first.start : text.length;
  return Math.max(0, text.lastIndexOf('---', offset));
}

function readDocument(text: string): { readonly value: unknown; readonly events: readonly Event[] } {
  const events = parseEvents(text, { maxDepth: 100 });
  const documents = constructFromEvents(events, { source: text, ...limits });
  if (documents.length > 1) throw new YAMLException('expected a single document', { position: secondDocument(text, events), name: '', buffer: '', line: 0, column: 0, snippet: '' });
  return { value: documents[0] ?? null, events };
}

const mostRepairs = 50;
const mostRepairWork = 5_000_000;

/** YAML 1.1 readers take any indentation inside brackets and quotes. Pads the line the reader stumbled over; its meaning stays. */
function padded(text: string, thrown: unknown): string | undefined {
  if (!(thrown instanceof YAMLException) || thrown.mark === undefined || !thrown.reason.includes('deficient indentation')) return undefined;
  const lines = text.split('\n');
  const { line } = positionsIn(text)(thrown.mark.position);
  const before = lines.slice(0, line - 1).findLast((other) => other.trim() !== '') ?? '';
  const bare = (lines[line - 1] ?? '').trimStart();
  const indent = before.length - before.trimStart().length + 1;
  if (bare === '' || (lines[line - 1] ?? '').startsWith(' '.repeat(indent))) return undefined;
  lines[line - 1] = `${' '.repeat(indent)}${bare}`;
  return lines.join('\n');
}

/** Reads one YAML or JSON document. Never throws; what is wrong comes back as an issue with its place in the text. */
export function parseText(source: string): ParsedText {
  const text = source.replace(/^\uFEFF/, '');
  let current = text;
  let first: unknown;
  const repairs = Math.min(mostRepairs, Math.floor(mostRepairWork / (text.length + 1)));
  for (let attempt = 0; attempt <= repairs; attempt += 1) {
    try {
      const { value, events } = readDocument(current);
      if (value === null) return { issue: { severity: 'error', location: 'file', message: 'the file is empty', suggestion: 'list the team under "agents"', line: 1, column: 1 } };
      return { value, locate: locator(current, events), excerpt: ({ line, column }) => excerptAt(text, line, column) };
    } catch (error) {
      first ??= error;
      const repaired = padded(current, error);
      if (repaired === undefined) break;
      current = repaired;
    }
  }
  return { issue: toIssue(first, text) };
}
