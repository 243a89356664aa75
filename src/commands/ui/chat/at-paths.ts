/** A path that a text names with `@`: where it stands, and what it says. */
export interface AtPath {
  readonly path: string;
}

/** After a space or at the beginning, so that no address of a person is taken for one; `\@` is just a character. */
const REFERENCE = /(?<=^|[\s("'[])@(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'@]+))/gu;
const TRAILING = /[,;:!?)}\]>.]+$/u;

/** The paths that a question names, each once, in order. What ends a sentence is no part of a path. */
export function atPathsIn(text: string): readonly AtPath[] {
  const found = [...text.matchAll(REFERENCE)].map(([, double, single, bare = '']) => double ?? single ?? (bare.replace(TRAILING, '') || bare));
  return [...new Set(found)].map((path) => ({ path }));
}

/** The unfinished path at the end of a text, if there is one: where it begins, and what is typed of it. */
export function atPathAtEnd(text: string): { readonly from: number; readonly typed: string; readonly quoted: boolean } | undefined {
  const match = /(?:^|[\s("'[])@(?:"([^"\n]*)|([^\s"@]*))$/u.exec(text);
  if (match === null) return undefined;
  const [, double, bare = ''] = match;
  return { from: text.lastIndexOf('@') + 1, typed: double ?? bare, quoted: double !== undefined };
}
