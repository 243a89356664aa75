import { isObject, listOf, type Json } from './json.js';

const JOINED = ['text', 'summary', 'data'] as const;

/** The text to show of one chunk's `reasoning_details`. */
export function reasoningText(details: unknown): string {
  let text = '';
  for (const detail of listOf(details)) {
    const shown = isObject(detail) ? (detail['text'] ?? detail['summary']) : undefined;
    if (typeof shown === 'string') text += shown;
  }
  return text;
}

/**
 * Joins streamed `reasoning_details` into the blocks that OpenRouter wants back unchanged beside tool results
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens): pieces of one type and index are one block.
 */
export function joinDetails(blocks: Record<string, unknown>[], details: unknown): void {
  for (const piece of listOf(details)) {
    if (!isObject(piece)) continue;
    const last = blocks.at(-1);
    if (last && last['type'] === piece['type'] && last['index'] === piece['index']) join(last, piece);
    else blocks.push({ ...piece });
  }
}

function join(block: Record<string, unknown>, piece: Json): void {
  for (const [key, value] of Object.entries(piece)) {
    const before = block[key];
    const grows = JOINED.some((name) => name === key) && typeof before === 'string' && typeof value === 'string';
    if (grows) block[key] = before + value;
    else if (value !== null && value !== undefined) block[key] = value;
  }
}
