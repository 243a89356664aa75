const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Brackets and braces differ in this bit only. */
const BRACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(json: Buffer, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return json.length;
}

/** Objects and lists in JSON lie more than `limit` deep in each other: what walks them would run out of stack. */
export function isDeeper(json: Buffer, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfString(json, at);
    else if ((byte | BRACE) === OPEN) {
      depth += 1;
      if (depth > limit) return true;
    } else if ((byte | BRACE) === CLOSE) depth -= 1;
  }
  return false;
}
