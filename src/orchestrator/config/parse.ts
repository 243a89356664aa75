import { constructFromEvents, CORE_SCHEMA, EVENT_ID, mergeTag, parseEvents, YAMLException, type Event } from 'js-yaml';
import type { Issue, Locate, Position } from './issue.js';
import { maskLine } from './mask.js';
import { placeOf, wordsFor } from './parse-words.js';
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
  const offset = placeOf(reason, text, Math.min((thrown instanceof YAMLException ? thrown.mark?.position : undefined) ?? 0, text.length));
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
