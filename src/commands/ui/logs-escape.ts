import { safeText } from './safe-text.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Foreign text for HTML and SVG, in elements and in quoted attributes: nothing in it can become markup. */
export const escapeHtml = (text: string): string => safeText(text).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');

/** At most so many characters, cut with `…`. */
export function shorten(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
