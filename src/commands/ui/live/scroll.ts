/** What an agent has said, piece by piece: the newest part stands alone, so that a further piece of text copies nothing. */
export interface Scroll {
  readonly parts: readonly ScrollPart[];
  readonly last: ScrollPart | null;
  /** Characters in all parts. */
  readonly size: number;
  /** The beginning was dropped; the log has it. */
  readonly cut: boolean;
}

export interface ScrollPart {
  readonly kind: 'text' | 'thinking' | 'note';
  readonly text: string;
}

export const EMPTY_SCROLL: Scroll = { parts: [], last: null, size: 0, cut: false };

const PART = 2048;
/** Characters of one agent that are kept for scrolling back, however long it talks. */
const KEPT = 160_000;

function trimmed(scroll: Scroll): Scroll {
  if (scroll.size <= KEPT) return scroll;
  let { size } = scroll;
  let drop = 0;
  for (const { text } of scroll.parts) {
    if (size <= KEPT * 0.75) break;
    size -= text.length;
    drop += 1;
  }
  return { ...scroll, parts: scroll.parts.slice(drop), size, cut: true };
}

/** Adds a piece. Text goes on where text of the same kind ended; a note is a line of its own. */
export function append(scroll: Scroll, kind: ScrollPart['kind'], text: string): Scroll {
  const { last } = scroll;
  const size = scroll.size + text.length;
  const goesOn = kind !== 'note' && last?.kind === kind;
  if (goesOn && last.text.length < PART) return { ...scroll, last: { kind, text: last.text + text }, size };
  // A part ends with a line where it can: wrapping begins afresh in each.
  const end = goesOn ? text.indexOf('\n') : -1;
  if (goesOn && end < 0 && last.text.length < 4 * PART) return { ...scroll, last: { kind, text: last.text + text }, size };
  const closed = last === null ? [] : [goesOn && end >= 0 ? { kind, text: last.text + text.slice(0, end) } : last];
  const rest = goesOn && end >= 0 ? text.slice(end + 1) : text;
  // Reading a character makes one string of the many pieces that it was joined from, each of which takes more than its text.
  for (const part of closed) part.text.charCodeAt(0);
  return trimmed({ ...scroll, parts: [...scroll.parts, ...closed], last: { kind, text: rest }, size });
}

/** The parts from the newest to the oldest. */
export function* newestFirst({ parts, last }: Scroll): Generator<ScrollPart, void, undefined> {
  if (last !== null) yield last;
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const part = parts[index];
    if (part !== undefined) yield part;
  }
}
