const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Decodes the inside of a JSON string character by character after a backslash; null until the escape is whole. */
function createUnescape(): (character: string) => string | null {
  let digits: string | null = null;
  return (character) => {
    if (digits === null) {
      if (character !== 'u') return ESCAPES[character] ?? character;
      digits = '';
      return null;
    }
    digits += character;
    if (digits.length < 4) return null;
    const code = Number.parseInt(digits, 16);
    digits = null;
    return String.fromCharCode(Number.isNaN(code) ? 0xfffd : code);
  };
}

/** The end of a string, and the escape. */
const SPECIAL = /["\\]/gu;

function nextSpecial(piece: string, from: number): number {
  SPECIAL.lastIndex = from;
  return SPECIAL.test(piece) ? SPECIAL.lastIndex - 1 : piece.length;
}

/** How nearly all such objects begin. */
const BEGINNING = /^\s*\{\s*"content"\s*:\s*"/u;

/** Follows a JSON object up to the first character of the string under `content`; says `text` there, `done` at the object's end. */
function createSeek(): (character: string) => 'text' | 'done' | null {
  let depth = 0;
  let part: 'key' | 'value' = 'key';
  let inside = false;
  let escaped = false;
  let string = '';

  const inString = (character: string): void => {
    if (escaped) escaped = false;
    else if (character === '\\') escaped = true;
    else if (character === '"') inside = false;
    if (inside) string += character;
  };

  const between = (character: string): void => {
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (depth === 1 && character === ':') part = 'value';
    else if (depth === 1 && character === ',') part = 'key';
  };

  return (character) => {
    if (inside) inString(character);
    else if (character !== '"') {
      const before = depth;
      between(character);
      return before > 0 && depth === 0 ? 'done' : null;
    } else if (depth === 1 && part === 'value' && string === 'content') return 'text';
    else [inside, string] = [true, ''];
    return null;
  };
}

/**
 * Reads the string under `content` out of a JSON object that arrives in pieces, so that an answer can be shown,
 * and kept as a draft, while its tool call is still being written. Each character is looked at once.
 * Returns what each piece adds; text that is no such object adds nothing.
 */
export function createAnswerScan(): (piece: string) => string {
  const seek = createSeek();
  const unescape = createUnescape();
  let mode: 'seek' | 'text' | 'escape' | 'done' = 'seek';

  const takeAt = (piece: string, index: number): { readonly text: string; readonly next: number } => {
    if (mode === 'seek') {
      mode = seek(piece[index] ?? '') ?? 'seek';
      return { text: '', next: index + 1 };
    }
    if (mode === 'escape') {
      const text = unescape(piece[index] ?? '');
      if (text !== null) mode = 'text';
      return { text: text ?? '', next: index + 1 };
    }
    const end = nextSpecial(piece, index);
    if (end < piece.length) mode = piece[end] === '"' ? 'done' : 'escape';
    return { text: piece.slice(index, end), next: end + 1 };
  };

  let first = true;
  return (piece) => {
    let added = '';
    const begun = first ? (BEGINNING.exec(piece)?.[0].length ?? 0) : 0;
    first = first && piece === '';
    if (begun > 0) mode = 'text';
    for (let index = begun; index < piece.length && mode !== 'done'; ) {
      const { text, next } = takeAt(piece, index);
      added += text;
      index = next;
    }
    return added;
  };
}
