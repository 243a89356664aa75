import stringWidth from 'string-width';
import { safeText } from '../safe-text.js';
import type { Screen } from '../show-run.js';

export type Tone = Parameters<Screen['paint']>[1];

/** A piece of a line in one colour; `agent` is the place of the agent whose colour a name takes. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly agent?: number;
}

export type Line = readonly Span[];

const ASCII = /^[\u0020-\u007e]*$/u;

/** Without what a terminal would obey: names of agents and models are strangers' words too. */
export const span = (text: string, tone?: Tone, agent?: number): Span => ({ text: ASCII.test(text) ? text : safeText(text), ...(tone === undefined ? {} : { tone }), ...(agent === undefined ? {} : { agent }) });
export const line = (text: string, tone?: Tone): Line => [span(text, tone)];

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Widths of characters, each measured once: a page of Chinese took the library a second. */
const widths = new Map<string, number>();
const [MOST_WIDTHS, LONGEST_CHARACTER] = [20_000, 16];

function characterWidth(character: string): number {
  const known = widths.get(character);
  if (known !== undefined) return known;
  const width = stringWidth(character);
  if (widths.size >= MOST_WIDTHS) widths.clear();
  if (character.length <= LONGEST_CHARACTER) widths.set(character, width);
  return width;
}

/** Letters that never join with those beside them: one cell, or two in Chinese, Japanese and Korean. A page of them is counted, not measured. */
const LETTERS = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u0370-\u0482\u048a-\u052f\u2010-\u2027\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/u;

const letterWidth = (text: string, place: number): number => (text.charCodeAt(place) < 0x3000 ? 1 : 2);

/** Cells that a text takes on a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  if (LETTERS.test(text)) return cells(text);
  if (text.includes('\u001b')) return stringWidth(text);
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) sum += characterWidth(segment);
  return sum;
}

function cells(text: string): number {
  let sum = 0;
  for (let place = 0; place < text.length; place += 1) sum += letterWidth(text, place);
  return sum;
}

export const lineWidth = (spans: Line): number => spans.reduce((sum, { text }) => sum + widthOf(text), 0);

/** A text as people count its characters. */
export const characters = (text: string): readonly string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

/** What fits into `width` cells of a text, whole characters only. */
export function cut(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width));
  let taken = '';
  let room = width;
  if (LETTERS.test(text)) {
    let place = 0;
    while (place < text.length && (room -= letterWidth(text, place)) >= 0) place += 1;
    return text.slice(0, place);
  }
  for (const { segment } of graphemes.segment(text)) {
    room -= characterWidth(segment);
    if (room < 0) break;
    taken += segment;
  }
  return taken;
}

/** The line in at most `width` cells, with `more` at its end where something was cut off. */
export function fit(spans: Line, width: number, more = '…'): Line {
  if (lineWidth(spans) <= width) return spans;
  const fitted: Span[] = [];
  let room = Math.max(0, width - widthOf(more));
  for (const each of spans) {
    const text = cut(each.text, room);
    if (text !== '') fitted.push({ ...each, text });
    room -= widthOf(text);
    if (text.length < each.text.length) break;
  }
  return [...fitted, span(cut(more, width))];
}

/** The line in exactly `width` cells. */
export function fill(spans: Line, width: number): Line {
  const fitted = fit(spans, width);
  const missing = width - lineWidth(fitted);
  return missing <= 0 ? fitted : [...fitted, span(' '.repeat(missing))];
}

export const paintLine = (spans: Line, paint: Screen['paint']): string => spans.map(({ text, tone = 'normal', agent = -1 }) => (tone === 'normal' ? text : paint(text, tone, agent))).join('');

export const plainText = (spans: Line): string => spans.map(({ text }) => text).join('');
