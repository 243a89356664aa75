/** A line longer than this is cut at the end of a word, so that something is shown while a long paragraph is written. */
const LONGEST = 160;

/** Joins pieces of text to lines: whole lines, or whole sentences and words of long ones. `take` gives finished lines, `rest` what is left. */
export function createTextLines(): { take: (piece: string) => readonly string[]; rest: () => readonly string[] } {
  let pending = '';
  const cut = (): string | null => {
    const end = pending.indexOf('\n');
    if (end >= 0) return split(end, end + 1);
    if (pending.length <= LONGEST) return null;
    const sentence = Math.max(pending.lastIndexOf('. ', LONGEST), pending.lastIndexOf('? ', LONGEST), pending.lastIndexOf('! ', LONGEST));
    const word = pending.lastIndexOf(' ', LONGEST);
    const at = sentence > 0 ? sentence + 1 : word > 0 ? word : LONGEST;
    return split(at, pending[at] === ' ' ? at + 1 : at);
  };
  const split = (end: number, next: number): string => {
    const line = pending.slice(0, end);
    pending = pending.slice(next);
    return line;
  };
  return {
    take: (piece) => {
      pending += piece;
      const lines: string[] = [];
      for (let line = cut(); line !== null; line = cut()) if (line.trim() !== '') lines.push(line);
      return lines;
    },
    rest: () => {
      const last = pending;
      pending = '';
      return last.trim() === '' ? [] : [last];
    },
  };
}
