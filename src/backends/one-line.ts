const LONGEST = 700;

/** Text for an error message: one line, no control characters, not endless. */
export function oneLine(text: string, limit = LONGEST): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
