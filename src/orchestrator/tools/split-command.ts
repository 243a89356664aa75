const PIECE = /\s+|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+|["'\\])/gsu;

/** The words of a command line: blanks part them, quotes and backslashes hold them together, as in a shell. Nothing is replaced. */
export function splitCommand(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, double, single, escaped, bare] of line.matchAll(PIECE)) {
    if (/^\s/u.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (double?.replace(/\\(.)/gsu, '$1') ?? single ?? escaped ?? bare ?? '');
  }
  return word === undefined ? words : [...words, word];
}

/** No shell reads a command: what it would do does not happen. */
export const noShell = (word: string): string => `has ${word} in its command, but no shell reads it; write command: sh and args: ["-c", "…"] if a shell is wanted`;

/** What only a shell would understand in the words of a command line. */
export const shellWord = (words: readonly string[]): string | undefined => words.find((word) => /^(?:[|&;<>]+|\d?>&?\d?)$|^\$\(|`/u.test(word));
