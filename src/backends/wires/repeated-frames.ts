import { standsAt, type RepeatedFrame } from '../transport/sse.js';
import { isObject, listOf, objectOf, parseJson, type Json } from './json.js';

/** Learning that never pays (a vendor that numbers or pads its frames) stops after so many frames. */
const PATIENCE = 8;
/** So many frames that are not like the template may come before another one is looked for: those at the end of a stream are few. */
const OTHERS = 3;
// What a JSON string may not hold unescaped, and the escape itself.
const NOT_PLAIN = /["\\\u0000-\u001f]/u;

interface Template {
  readonly before: string;
  readonly after: string;
  readonly chunk: Json;
  /** Where the one string that changes stands. */
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly frame: RepeatedFrame;
}

/** The one string of a frame that changes. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly value: string;
}

/** Of a dialect: where a frame holds its text, and what stands before its payload. */
export interface FrameShape {
  readonly place: (frame: Json) => Place | undefined;
  readonly lead: (frame: Json) => string;
}

function textAt(holder: Json | undefined, key: string): Place | undefined {
  const value = holder?.[key];
  return typeof value === 'string' && value !== '' && !NOT_PLAIN.test(value) ? { holder: holder as Record<string, unknown>, key, value } : undefined;
}

/** Of a chat completion chunk. */
export const chatFrames: FrameShape = {
  place: (chunk) => {
    const delta = objectOf(objectOf(listOf(chunk['choices'])[0])?.['delta']);
    const called = objectOf(objectOf(listOf(delta?.['tool_calls'])[0])?.['function']);
    return textAt(called, 'arguments') ?? textAt(delta, 'content') ?? textAt(delta, 'reasoning_content') ?? textAt(delta, 'reasoning');
  },
  lead: () => 'data: ',
};

/** Of an event of the Messages API. */
export const messagesFrames: FrameShape = {
  place: (frame) => {
    const delta = objectOf(frame['delta']);
    return textAt(delta, 'text') ?? textAt(delta, 'thinking') ?? textAt(delta, 'partial_json');
  },
  lead: (frame) => `event: ${String(frame['type'])}\ndata: `,
};

/**
 * Texts as one that lies in one piece of its own: comparing with a text that is still in several is ten times as slow, and a part
 * of another text keeps all of that in memory, here for as long as the reply is awaited and then until the next full collection.
 */
const flat = (...texts: readonly string[]): string => texts.join('');

/** The frame cut around its one text, if that text stands in it exactly once. */
function learn(payload: string, chunk: Json, { place, lead }: FrameShape): Template | undefined {
  const found = place(chunk);
  if (found === undefined) return undefined;
  const { holder, key, value } = found;
  const quoted = `"${value}"`;
  const at = payload.indexOf(quoted);
  if (at < 0 || payload.includes(quoted, at + 1)) return undefined;
  const before = flat(payload.slice(0, at), '"');
  const after = flat('"', payload.slice(at + 2 + value.length));
  const data = lead(chunk);
  return { before, after, chunk, holder, key, frame: { lead: flat(data, before), tail: flat(after, '\n\n'), between: flat(after, '\n\n', data, before), data: data.length } };
}

/** What a payload has between the ends of the template, if it is like it. */
function pieceOf(payload: string, { before, after }: Template): string | undefined {
  const end = payload.length - after.length;
  if (end <= before.length || !standsAt(payload, end, after) || !standsAt(payload, 0, before)) return undefined;
  const piece = payload.slice(before.length, end);
  return NOT_PLAIN.test(piece) ? undefined : piece;
}

/** Parses one stream of frames. */
export interface FrameParser {
  /** The object returned is good until the next call. Undefined: not JSON. */
  readonly parse: (payload: string) => unknown;
  /** What the frames that repeat look like, once that is known: their texts, put together, say the same in one frame. */
  readonly repeated: () => RepeatedFrame | undefined;
}

/**
 * A parser for one stream of frames. Most of them repeat the one before but for the piece of text they
 * bring: such a frame is recognised by its two equal ends, and a middle without quotes, escapes and control characters
 * can only be that piece. Everything else is parsed.
 */
export function createFrameParser(shape: FrameShape): FrameParser {
  let template: Template | undefined;
  let patience = PATIENCE;
  let others = 0;
  const parse = (payload: string): unknown => {
    const piece = template === undefined ? undefined : pieceOf(payload, template);
    if (template !== undefined && piece !== undefined) {
      template.holder[template.key] = piece;
      patience = PATIENCE;
      others = 0;
      return template.chunk;
    }
    const chunk = parseJson(payload);
    others += 1;
    if (patience > 0 && (template === undefined || others > OTHERS) && isObject(chunk)) {
      patience -= 1;
      template = learn(payload, chunk, shape) ?? template;
    }
    return chunk;
  };
  return { parse, repeated: () => template?.frame };
}
