import { isDeepStrictEqual } from 'node:util';
import type { ImagePart } from '../../../backends/contract.js';
import type { ToolOutcome } from '../contract.js';
import { plainLine, resultText } from '../plain-text.js';
import { isMap, type JsonMap } from '../../json-map.js';

const SHOWN_IMAGES = /^image\/(?:png|jpeg|gif|webp)$/u;
const MAX_IMAGES = 10;
const MAX_IMAGE_CHARACTERS = 7_000_000;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

interface Reading {
  readonly texts: string[];
  readonly images: ImagePart[];
}

function readImage(data: unknown, mimeType: unknown, into: Reading): void {
  const [base64, mediaType] = [textOf(data), textOf(mimeType).toLowerCase()];
  const leave = (why: string): number => into.texts.push(`[a picture of type ${plainLine(mediaType, 60)} is left out: ${why}]`);
  if (!SHOWN_IMAGES.test(mediaType)) leave('only PNG, JPEG, GIF and WebP can be shown');
  else if (into.images.length >= MAX_IMAGES) leave(`there are more than ${MAX_IMAGES}`);
  else if (base64.length > MAX_IMAGE_CHARACTERS) leave('it is too large');
  else if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/u.test(base64)) leave('it is not valid');
  else into.images.push({ type: 'image', mediaType, base64 });
}

function readResource(resource: JsonMap, into: Reading): void {
  const uri = plainLine(textOf(resource['uri']), 500);
  const mimeType = textOf(resource['mimeType']);
  if (typeof resource['text'] === 'string') into.texts.push(`Resource ${uri}:\n${resultText(resource['text'])}`);
  else if (mimeType.startsWith('image/')) readImage(resource['blob'], mimeType, into);
  else into.texts.push(`[resource ${uri} is binary (${plainLine(mimeType || 'of unknown type', 100)}, ${Math.floor(textOf(resource['blob']).length * 0.75)} bytes) and cannot be shown]`);
}

function readPart(part: unknown, into: Reading): void {
  if (!isMap(part)) return;
  switch (part['type']) {
    case 'text':
      into.texts.push(resultText(textOf(part['text'])));
      return;
    case 'image':
      readImage(part['data'], part['mimeType'], into);
      return;
    case 'resource':
      if (isMap(part['resource'])) readResource(part['resource'], into);
      return;
    case 'resource_link':
      into.texts.push(`Resource ${plainLine(textOf(part['uri']), 500)} (${plainLine(textOf(part['name']), 200)})${part['description'] === undefined ? '' : `: ${plainLine(textOf(part['description']), 500)}`}`);
      return;
    default:
      into.texts.push(`[content of type ${plainLine(textOf(part['type']) || 'unknown', 60)} cannot be shown]`);
  }
}

/** Structured content says nothing new where the text is the same JSON, or all that is in it. */
function isSaid(structured: unknown, texts: readonly string[]): boolean {
  const [only, ...others] = isMap(structured) ? Object.values(structured) : [];
  if (typeof only === 'string' && others.length === 0 && resultText(only) === texts.join('\n')) return true;
  return texts.some((text) => {
    if (!/^\s*[[{]/u.test(text)) return false;
    try {
      return isDeepStrictEqual(JSON.parse(text), structured);
    } catch {
      return false;
    }
  });
}

/** Parts of MCP content as one text and the pictures of it, each of limited size. */
export function readContent(parts: unknown): { readonly text: string; readonly images: readonly ImagePart[] } {
  const into: Reading = { texts: [], images: [] };
  for (const part of Array.isArray(parts) ? (parts as readonly unknown[]) : [parts]) readPart(part, into);
  return { text: into.texts.join('\n'), images: into.images };
}

/** What a `tools/call` came to. */
export function readResult(result: JsonMap): ToolOutcome {
  const into: Reading = { texts: [], images: [] };
  if (Array.isArray(result['content'])) for (const part of result['content'] as readonly unknown[]) readPart(part, into);
  const structured = result['structuredContent'] ?? result['toolResult'];
  if (structured !== undefined && !isSaid(structured, into.texts)) into.texts.push(resultText(JSON.stringify(structured)));
  const failed = result['isError'] === true;
  const text = into.texts.join('\n');
  const said = text !== '' || into.images.length > 0 ? text : failed ? 'the tool failed without saying why' : '(the tool returned nothing)';
  return { text: said, ...(into.images.length === 0 ? {} : { images: into.images }), ...(failed ? { failed } : {}) };
}
