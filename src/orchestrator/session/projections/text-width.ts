/** Wide on a terminal: pictures, and what East Asian scripts write in full width. */
const WIDE = /[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}]/u;
/** Without width of their own. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}\u{1f3fb}-\u{1f3ff}]/u;
// Pictographic by their properties, but drawn as text.
const NARROW = /[\u0023\u002a\u0030-\u0039\u00a9\u00ae\u2122]/u;
const PLAIN = /^[\u0020-\u007e]*$/u;

/** Before it every character takes one column. */
const LATIN_END = '\u00a9';
const widths = new Map<string, number>();

function widthOf(character: string): number {
  let width = widths.get(character);
  if (width === undefined) {
    width = NONE.test(character) ? 0 : WIDE.test(character) && !NARROW.test(character) ? 2 : 1;
    widths.set(character, width);
  }
  return width;
}

/** Columns that a text takes on a terminal. */
function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += character < LATIN_END ? 1 : widthOf(character);
  return width;
}

/** The text, cut with `...` where it is wider than `width`. */
function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width - 3) break;
    kept += character;
  }
  return `${kept}...`;
}

/** The text in the middle of `width` columns. */
export function centred(text: string, width: number): string {
  const own = textWidth(text);
  const shown = own <= width ? text : fitted(text, width);
  const room = width - (own <= width ? own : textWidth(shown));
  const left = Math.floor(room / 2);
  return `${' '.repeat(left)}${shown}${' '.repeat(room - left)}`;
}
