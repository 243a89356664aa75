const LABEL = /^(?:answer|agent)\d+\.(?:\d+|final)$/u;

/** One side of a comparison: a session, or an answer of one. */
export interface DiffTarget {
  readonly session: string;
  readonly label?: string;
}

/** `SESSION`, `SESSION:LABEL`, or a `LABEL` alone, which is of the newest session. */
export function parseDiffTarget(text: string): DiffTarget {
  if (LABEL.test(text)) return { session: 'latest', label: text };
  const colon = text.lastIndexOf(':');
  const label = text.slice(colon + 1);
  return colon > 0 && (LABEL.test(label) || label === 'final') ? { session: text.slice(0, colon), label } : { session: text };
}
