/** A text that comes in pieces, changed on its way. */
export interface TextFilter {
  /** What of it can be passed on now. */
  readonly take: (piece: string) => string;
  /** What was held back, at the end. */
  readonly end: () => string;
}

export interface StopFilter extends TextFilter {
  /** The sequence that was met: nothing is passed on from there. */
  readonly met: () => string | null;
}

/** The longest end of the text that may be the beginning of a sequence. */
function heldFrom(text: string, sequences: readonly string[], longest: number): number {
  for (let from = Math.max(0, text.length - longest + 1); from < text.length; from += 1) {
    const end = text.slice(from);
    if (sequences.some((sequence) => sequence.startsWith(end))) return from;
  }
  return text.length;
}

/** The text before the first of some sequences to be complete. */
export function stopAt(sequences: readonly string[]): StopFilter {
  const longest = Math.max(0, ...sequences.map(({ length }) => length));
  let held = '';
  let met: string | null = null;
  return {
    met: () => met,
    take: (piece) => {
      if (met !== null) return '';
      if (longest === 0) return piece;
      const text = held + piece;
      const found = sequences.map((sequence) => ({ sequence, at: text.indexOf(sequence) })).filter(({ at }) => at !== -1);
      const [first] = found.sort((one, other) => one.at + one.sequence.length - other.at - other.sequence.length || one.at - other.at);
      if (first !== undefined) {
        met = first.sequence;
        held = '';
        return text.slice(0, first.at);
      }
      const from = heldFrom(text, sequences, longest);
      held = text.slice(from);
      return text.slice(0, from);
    },
    end: () => {
      const rest = met === null ? held : '';
      held = '';
      return rest;
    },
  };
}

/** The text without the beginning that its reader has: models tend to say it again. */
export function withoutBeginning(beginning: string): TextFilter {
  const known = beginning.trim();
  let held = '';
  let over = known === '';
  return {
    take: (piece) => {
      if (over) return piece;
      held += piece;
      const said = held.trimStart();
      if (said.length < known.length && known.startsWith(said)) return '';
      over = true;
      return said.startsWith(known) ? said.slice(known.length) : held;
    },
    end: () => {
      const rest = over ? '' : held;
      over = true;
      return rest;
    },
  };
}
