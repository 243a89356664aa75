const QUOTES = ['"""', "'''"] as const;

const quoteOf = (text: string): string | undefined => QUOTES.find((quote) => text.trimStart().startsWith(quote));

/** Whether a question goes on in the next line: inside `"""` or `'''`, or after a backslash at the end. */
export function goesOn(text: string): boolean {
  const quote = quoteOf(text);
  if (quote === undefined) return text.endsWith('\\');
  const inside = text.trim().slice(quote.length);
  return !inside.endsWith(quote);
}

/** The question without the quotes around it and the backslashes between its lines. */
export function questionOf(text: string): string {
  const trimmed = text.trim();
  const quote = quoteOf(trimmed);
  if (quote === undefined) return trimmed.replaceAll('\\\n', '\n');
  const inside = trimmed.slice(quote.length);
  return (inside.endsWith(quote) ? inside.slice(0, -quote.length) : inside).replace(/^\n|\n$/gu, '');
}
