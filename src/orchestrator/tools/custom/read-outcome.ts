import { isUtf8 } from 'node:buffer';
import type { ToolOutcome } from '../contract.js';
import { resultText } from '../plain-text.js';
import { mediaOf, nothingYet, takeBinary, type Gathered } from '../read-binary.js';
import { isMap, type JsonMap } from '../../json-map.js';

const typeOf = (value: JsonMap): unknown => value['mediaType'] ?? value['mimeType'] ?? value['mime_type'] ?? value['media_type'];

/** A picture as `{data, mimeType}`, or as a data URL. */
function takeImage(value: unknown, into: Gathered): void {
  const image = isMap(value) ? value : { data: value };
  const data = image['base64'] ?? image['data'];
  const url = typeof data === 'string' ? /^data:([\w.+/-]{1,100})[;,]/u.exec(data)?.[1] : undefined;
  takeBinary(data, typeOf(image) ?? url ?? 'image/png', into);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function takeBlock(block: unknown, into: Gathered): void {
  if (!isMap(block)) return;
  const kind = block['type'] ?? block['block_type'];
  if (kind === 'image') takeImage(block, into);
  else if (kind === 'audio') takeBinary(block['data'], typeOf(block) ?? 'audio/wav', into);
  else into.texts.push(textOf(block['text'] ?? block['data'] ?? ''));
}

const outcomeOf = (into: Gathered): ToolOutcome => ({ text: resultText(into.texts.join('\n')), ...mediaOf(into) });

const FAILED = { failed: true } as const;

function readMap(value: JsonMap): ToolOutcome {
  const into = nothingYet();
  const blocks = value['output_blocks'] ?? value['content'];
  if (Array.isArray(blocks)) {
    for (const block of blocks) takeBlock(block, into);
    return { ...outcomeOf(into), ...(value['isError'] === true ? FAILED : {}) };
  }
  const { text, error, images, failed } = value;
  if (typeof error === 'string' && text === undefined) return { text: resultText(error), ...FAILED };
  if (typeof text !== 'string') return { text: resultText(JSON.stringify(value, null, 2)) };
  into.texts.push(text);
  for (const image of Array.isArray(images) ? (images as readonly unknown[]) : []) takeImage(image, into);
  return { ...outcomeOf(into), ...(failed === true ? FAILED : {}) };
}

/**
 * What a function of the user's returned, as an outcome: a text, as such or in bytes; `{text, images?, error?}`; MassGen's
 * `{output_blocks}` or MCP's `{content, isError}`; an error; anything else as JSON.
 */
export function readOutcome(value: unknown): ToolOutcome {
  if (value === undefined || value === null || typeof value === 'function' || typeof value === 'symbol') return { text: '(nothing)' };
  if (typeof value === 'string') return { text: resultText(value) };
  if (value instanceof Error) return { text: resultText(value.message), ...FAILED };
  if (value instanceof Uint8Array) {
    const into = nothingYet();
    takeBinary(Buffer.from(value).toString('base64'), isUtf8(value) ? 'text/plain' : undefined, into);
    return outcomeOf(into);
  }
  return isMap(value) ? readMap(value) : { text: JSON.stringify(value, null, 2) };
}
