const PLAIN = /^[\u0020-\u007e]*$/u;
const NOTHING = /^[\p{Mark}\p{Cf}]$/u;
// What terminals draw two columns wide: East Asian scripts, full-width forms, pictures.
const WIDE = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

const widthOf = (character: string): number => (NOTHING.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** A text of one line in exactly `width` columns: padded, or cut with `…`. Ten thousand rows of a table library's cells take seconds, these a moment. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  if (PLAIN.test(text)) {
    const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
  }
  let [taken, columns, fits, fitting] = ['', 0, '', 0];
  for (const character of text) {
    const next = columns + widthOf(character);
    if (next > width) return fits + '…'.padEnd(width - fitting);
    taken += character;
    columns = next;
    if (columns < width) [fits, fitting] = [taken, columns];
  }
  const padding = ' '.repeat(width - columns);
  return align === 'right' ? padding + taken : taken + padding;
}
