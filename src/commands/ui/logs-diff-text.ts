import { diffWords, formatPatch, structuredPatch } from 'diff';
import type { TurnReport } from '../../orchestrator/index.js';
import { durationText, moneyText, oneLine } from './logs-format.js';
import { voteText } from './logs-show-text.js';
import { safeText } from './safe-text.js';

/** One side of a comparison: a text with its name, and the run it is of when runs are compared. */
export interface DiffSide {
  readonly name: string;
  readonly text: string;
  readonly run?: TurnReport;
}

export interface DiffHunk {
  readonly old_start: number;
  readonly old_lines: number;
  readonly new_start: number;
  readonly new_lines: number;
  /** Each with its first character: a space for what is in both, - for what is only in the first, + for what is only in the second. */
  readonly lines: readonly string[];
}

/** The difference of two answers, and of their runs where those are compared. What `--json` prints. */
export interface DiffReport {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  /** How much of the words are in both, 0 to 1. */
  readonly similarity: number;
  /** Facts that differ, as texts for people. */
  readonly facts: readonly { readonly name: string; readonly a: string; readonly b: string }[];
  readonly hunks: readonly DiffHunk[];
}

/** Comparing word by word takes time with the square of the texts. */
const LONGEST_FOR_WORDS = 20_000;
const CONTEXT_LINES = 3;

const FACTS: readonly (readonly [name: string, value: (turn: TurnReport) => string])[] = [
  ['question', ({ question }) => oneLine(question ?? '(missing)')],
  ['status', ({ status, error }) => `${status}${error === null ? '' : `: ${oneLine(error)}`}`],
  ['winner', ({ winner }) => oneLine(winner ?? '-')],
  ['votes', (turn) => oneLine(voteText(turn)) || '-'],
  ['agents', ({ per_agent: agents }) => oneLine(agents.map(({ agent, backend, model }) => `${agent} (${backend ?? '-'} ${model ?? ''})`).join(', '))],
  ['answers', ({ answers }) => String(answers.length)],
  ['errors', ({ errors }) => String(errors.length)],
  ['duration', ({ duration_seconds: seconds }) => durationText(seconds)],
  ['tokens', ({ totals }) => String(totals.total_tokens)],
  ['cost', ({ cost }) => moneyText(cost)],
];

function similarityOf(one: string, other: string): number {
  if (one === other) return 1;
  const isLong = one.length + other.length > LONGEST_FOR_WORDS;
  const parts = isLong ? structuredPatch('', '', one, other, '', '', { context: Infinity }).hunks.flatMap(({ lines }) => lines.map((line) => ({ value: line.slice(1), added: line.startsWith('+'), removed: line.startsWith('-') }))) : diffWords(one, other);
  const length = (is: (part: { readonly added?: boolean; readonly removed?: boolean }) => boolean): number => parts.filter(is).reduce((sum, { value }) => sum + value.length, 0);
  const same = length(({ added, removed }) => added !== true && removed !== true);
  const all = same + Math.max(length(({ added }) => added === true), length(({ removed }) => removed === true));
  return all === 0 ? 1 : Math.round((same / all) * 1000) / 1000;
}

const withEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/** Compares two texts line by line, and their runs fact by fact. */
export function compareSides(a: DiffSide, b: DiffSide): DiffReport {
  const [one, other] = [withEnd(safeText(a.text)), withEnd(safeText(b.text))];
  const { hunks } = structuredPatch(a.name, b.name, one, other, '', '', { context: CONTEXT_LINES });
  const [first, second] = [a.run, b.run];
  const facts = first === undefined || second === undefined ? [] : FACTS.map(([name, value]) => ({ name, a: value(first), b: value(second) })).filter((fact) => fact.a !== fact.b);
  return {
    a: a.name,
    b: b.name,
    same: one === other,
    similarity: similarityOf(one, other),
    facts,
    hunks: hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({ old_start: oldStart, old_lines: oldLines, new_start: newStart, new_lines: newLines, lines })),
  };
}

/** A comparison for people: differing facts, then a unified diff. */
export function diffLines({ a, b, same, similarity, facts, hunks }: DiffReport): readonly string[] {
  const width = Math.max(0, ...facts.map(({ name }) => name.length));
  const shown = facts.flatMap(({ name, a: one, b: other }) => [`${name.padEnd(width)}  ${one}`, `${' '.repeat(width)}  ${other}`]);
  const patch = { oldFileName: a, newFileName: b, oldHeader: undefined, newHeader: undefined, hunks: hunks.map((hunk) => ({ oldStart: hunk.old_start, oldLines: hunk.old_lines, newStart: hunk.new_start, newLines: hunk.new_lines, lines: [...hunk.lines] })) };
  const body = same ? [`${a} and ${b} give the same answer`] : [`${String(Math.round(similarity * 100))} % of the words are in both`, ...formatPatch(patch).trimEnd().split('\n').filter((line) => !/^=+$/u.test(line))];
  return [...shown, ...(shown.length === 0 ? [] : ['']), ...body];
}
