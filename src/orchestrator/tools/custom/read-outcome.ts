import type { ImagePart } from '../../../backends/contract.js';
import type { ToolOutcome } from '../contract.js';
import { resultText } from '../plain-text.js';
import { isMap } from '../../json-map.js';

function readImage(value: unknown): ImagePart | undefined {
  if (!isMap(value)) return undefined;
  const base64 = value['base64'] ?? value['data'];
  const mediaType = value['mediaType'] ?? value['mimeType'] ?? value['mime_type'] ?? value['media_type'] ?? 'image/png';
  return typeof base64 === 'string' && typeof mediaType === 'string' ? { type: 'image', base64: base64.replace(/^data:[^,]*,/u, ''), mediaType } : undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function readBlocks(blocks: readonly unknown[]): ToolOutcome {
  const images = blocks.flatMap((block) => (isMap(block) && (block['type'] === 'image' || block['block_type'] === 'image') ? (readImage(block) ?? []) : []));
  const texts = blocks.flatMap((block) => (isMap(block) && block['type'] !== 'image' && block['block_type'] !== 'image' ? [textOf(block['text'] ?? block['data'] ?? '')] : []));
  return { text: resultText(texts.join('\n')), ...(images.length === 0 ? {} : { images }) };
}

/**
 * What a function of the user's returned, as an outcome: a text; `{text, images?, error?}`; MassGen's `{output_blocks}` or
 * MCP's `{content, isError}`; anything else as JSON.
 */
export function readOutcome(value: unknown): ToolOutcome {
  if (value === undefined || value === null) return { text: '(nothing)' };
  if (typeof value === 'string') return { text: resultText(value) };
  if (!isMap(value)) return { text: JSON.stringify(value, null, 2) };
  const blocks = value['output_blocks'] ?? value['content'];
  if (Array.isArray(blocks)) return { ...readBlocks(blocks), ...(value['isError'] === true ? { failed: true as const } : {}) };
  if (typeof value['error'] === 'string' && value['text'] === undefined) return { text: resultText(value['error']), failed: true };
  if (typeof value['text'] !== 'string') return { text: resultText(JSON.stringify(value, null, 2)) };
  const images = Array.isArray(value['images']) ? value['images'].flatMap((image) => readImage(image) ?? []) : [];
  return { text: resultText(value['text']), ...(images.length === 0 ? {} : { images }), ...(value['failed'] === true ? { failed: true as const } : {}) };
}
