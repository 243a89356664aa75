/** Writes a text as JSON. */
export type Quote = (text: string) => string;

/** A shorter text is quoted as fast as it is found. */
const LONG = 512;
const KEPT = 8;
/** A longer one is too much to be kept for the rest of a run. */
const LONGEST = 100_000;

interface Known {
  readonly text: string;
  readonly json: string;
}

export const isLong = (text: string): boolean => text.length >= LONG;

/**
 * Quotes for one run. Its prompts and answers stand in many places of its log, and quoting them is most of what their length costs:
 * the last `kept` long ones are remembered. Texts of different lengths are told apart at once.
 */
export function createQuote(kept = KEPT): Quote {
  const known: Known[] = [];
  let next = 0;
  return (text) => {
    const { length } = text;
    if (length < LONG || length > LONGEST) return JSON.stringify(text);
    for (const each of known) if (each.text === text) return each.json;
    const json = JSON.stringify(text);
    known[next] = { text, json };
    next = (next + 1) % kept;
    return json;
  };
}

/** JSON with a quoted text in the place of the first member that is written `empty`, as in `"text":""`. No text can look like it, for quotes in texts are escaped. */
export function withQuoted(json: string, empty: string, quoted: string): string {
  const place = json.indexOf(empty);
  return place < 0 ? json : `${json.slice(0, place + empty.length - 2)}${quoted}${json.slice(place + empty.length)}`;
}
