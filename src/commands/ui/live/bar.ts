import type { Glyphs } from './glyphs.js';

/** A bar of `cells` that is filled to `share`, 0 to 1. */
export function bar(share: number, cells: number, { full, empty }: Glyphs): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return full.repeat(filled) + empty.repeat(cells - filled);
}
