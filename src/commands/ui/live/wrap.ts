import { newestFirst, type Scroll, type ScrollPart } from './scroll.js';
import { characters, cut, span, widthOf, type Line, type Tone } from './spans.js';

const ASCII = /^[\u0020-\u007e]*$/u;

/** Where the next row of a longer text ends and the one after begins, in code units. */
function breakAt(text: string, width: number): { readonly end: number; readonly next: number } {
  const row = ASCII.test(text.slice(0, width)) ? text.slice(0, width) : cut(text, width) || (characters(text.slice(0, 64))[0] ?? text.slice(0, 1));
  if (text[row.length] === ' ') return { end: row.length, next: row.length + 1 };
  const space = row.lastIndexOf(' ');
  // A word that fills most of a row is not worth an empty one.
  return space > row.length / 3 ? { end: space, next: space + 1 } : { end: row.length, next: row.length };
}

function wrapParagraph(text: string, width: number, rows: string[]): void {
  let rest = text;
  while (rest.length > 0) {
    // What is far longer than a row is measured in pieces.
    const head = rest.slice(0, width * 4 + 16);
    if (head.length === rest.length && widthOf(rest) <= width) break;
    const { end, next } = breakAt(head, width);
    rows.push(rest.slice(0, end));
    rest = rest.slice(next);
  }
  if (rest !== '' || text === '') rows.push(rest);
}

/** Text in rows of at most `width` cells, broken at spaces where there are any. Tabs become spaces. */
export function wrapText(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  for (const paragraph of text.replaceAll('\t', '    ').split('\n')) wrapParagraph(paragraph.trimEnd(), Math.max(1, width), rows);
  return rows;
}

const TONES: Readonly<Record<ScrollPart['kind'], Tone>> = { text: 'normal', thinking: 'text', note: 'warning' };

function partRows({ kind, text }: ScrollPart, width: number, mark: string): readonly Line[] {
  const shown = kind === 'note' ? `${mark} ${text}` : text;
  return wrapText(shown, width).map((row) => [span(row, kind === 'note' ? 'text' : TONES[kind])]);
}

/** The last `count` rows of what an agent has said, oldest first; fewer when there are fewer. Only what is shown is wrapped. */
export function lastRows(scroll: Scroll, width: number, count: number, mark: string): readonly Line[] {
  const blocks: (readonly Line[])[] = [];
  let rows = 0;
  for (const part of newestFirst(scroll)) {
    const far = part.text.length > 2 * count * width + 256 ? { ...part, text: part.text.slice(-2 * count * width - 256) } : part;
    const block = partRows(far, width, mark);
    blocks.push(block);
    rows += block.length;
    if (rows >= count) break;
  }
  return blocks.reverse().flat().slice(-count);
}
