import { isDeepStrictEqual } from 'node:util';
import type { ToolOutcome } from '../contract.js';
import { plainLine, resultText } from '../plain-text.js';
import { mediaOf, nothingYet, takeBinary, type Gathered } from '../read-binary.js';
import { isMap, type JsonMap } from '../../json-map.js';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readResource(resource: JsonMap, into: Gathered): void {
  const name = `Resource ${plainLine(textOf(resource['uri']), 500)}`;
  if (typeof resource['text'] === 'string') into.texts.push(`${name}:\n${resultText(resource['text'])}`);
  else takeBinary(resource['blob'], resource['mimeType'], into, name);
}

function readPart(part: unknown, into: Gathered): void {
  if (!isMap(part)) return;
  switch (part['type']) {
    case 'text':
      into.texts.push(resultText(textOf(part['text'])));
      return;
    case 'image':
    case 'audio':
      takeBinary(part['data'], part['mimeType'], into);
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

/** Parts of MCP content as one text, the pictures of it, each of limited size, and what else there is. */
export function readContent(parts: unknown): Omit<Gathered, 'texts'> & { readonly text: string } {
  const into = nothingYet();
  for (const part of Array.isArray(parts) ? (parts as readonly unknown[]) : [parts]) readPart(part, into);
  return { text: into.texts.join('\n'), images: into.images, files: into.files };
}

/** What a `tools/call` came to. */
export function readResult(result: JsonMap): ToolOutcome {
  const into = nothingYet();
  if (Array.isArray(result['content'])) for (const part of result['content'] as readonly unknown[]) readPart(part, into);
  const structured = result['structuredContent'] ?? result['toolResult'];
  if (structured !== undefined && !isSaid(structured, into.texts)) into.texts.push(resultText(JSON.stringify(structured)));
  const failed = result['isError'] === true;
  const text = into.texts.join('\n');
  const said = text !== '' || into.files.length > 0 ? text : failed ? 'the tool failed without saying why' : '(the tool returned nothing)';
  return { text: said, ...mediaOf(into), ...(failed ? { failed } : {}) };
}
