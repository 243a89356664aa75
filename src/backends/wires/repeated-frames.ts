import { isObject, listOf, objectOf, parseJson, type Json } from './json.js';

/** Learning that never pays (a vendor that numbers or pads its frames) stops after so many frames. */
const PATIENCE = 8;
// What a JSON string may not hold unescaped, and the escape itself.
const NOT_PLAIN = /["\\\u0000-\u001f]/u;

interface Template {
  readonly before: string;
  readonly after: string;
  readonly chunk: Json;
  /** Where the one string that changes stands. */
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Where a frame may hold its text: the object and the key. */
export type Places = (frame: Json) => readonly (readonly [Record<string, unknown> | undefined, string])[];

/** Of a chat completion chunk. */
export const chatPlaces: Places = (chunk) => {
  const delta = objectOf(objectOf(listOf(chunk['choices'])[0])?.['delta']) as Record<string, unknown> | undefined;
  const called = objectOf(objectOf(listOf(delta?.['tool_calls'])[0])?.['function']) as Record<string, unknown> | undefined;
  return [
    [called, 'arguments'],
    [delta, 'content'],
    [delta, 'reasoning_content'],
    [delta, 'reasoning'],
  ];
};

/** Of an event of the Messages API. */
export const messagesPlaces: Places = (frame) => {
  const delta = objectOf(frame['delta']) as Record<string, unknown> | undefined;
  return [
    [delta, 'text'],
    [delta, 'thinking'],
    [delta, 'partial_json'],
  ];
};

/** The frame cut around its one text, if that text stands in it exactly once. */
function learn(payload: string, chunk: Json, places: Places): Template | undefined {
  for (const [holder, key] of places(chunk)) {
    const value = holder?.[key];
    if (holder === undefined || typeof value !== 'string' || value === '' || NOT_PLAIN.test(value)) continue;
    const at = payload.indexOf(`"${value}"`);
    if (at < 0 || payload.includes(`"${value}"`, at + 1)) return undefined;
    return { before: payload.slice(0, at + 1), after: payload.slice(at + 1 + value.length), chunk, holder, key };
  }
  return undefined;
}

/**
 * A parser for one stream of frames. Most of them repeat the one before but for the piece of text they
 * bring: such a frame is recognised by its two equal ends, and a middle without quotes, escapes and control characters
 * can only be that piece. Everything else is parsed. The object returned is good until the next call. Undefined: not JSON.
 */
export function createFrameParser(places: Places): (payload: string) => unknown {
  let template: Template | undefined;
  let patience = PATIENCE;
  return (payload) => {
    if (template !== undefined && payload.length > template.before.length + template.after.length && payload.startsWith(template.before) && payload.endsWith(template.after)) {
      const piece = payload.slice(template.before.length, payload.length - template.after.length);
      if (!NOT_PLAIN.test(piece)) {
        template.holder[template.key] = piece;
        patience = PATIENCE;
        return template.chunk;
      }
    }
    const chunk = parseJson(payload);
    if (patience > 0 && isObject(chunk)) {
      patience -= 1;
      template = learn(payload, chunk, places) ?? template;
    }
    return chunk;
  };
}
