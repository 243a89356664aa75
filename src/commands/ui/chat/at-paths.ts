/** The unfinished path at the end of a text, if there is one: where it begins, and what is typed of it. */
export function atPathAtEnd(text: string): { readonly from: number; readonly typed: string; readonly quoted: boolean } | undefined {
  const match = /(?:^|[\s("'[])@(?:"([^"\n]*)|([^\s"@]*))$/u.exec(text);
  if (match === null) return undefined;
  const [, double, bare = ''] = match;
  return { from: text.lastIndexOf('@') + 1, typed: double ?? bare, quoted: double !== undefined };
}
