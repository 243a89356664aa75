import type { ContentPart, Message } from '../contract.js';
import { argumentsObject, isObject, objectOf, stringOf, type Json } from './json.js';

export const GEMINI_WIRE = 'gemini-generate';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: Json[];
}

/** Lets a call pass that Gemini did not make itself, and that therefore carries no signature (https://ai.google.dev/gemini-api/docs/thought-signatures). */
const UNSIGNED = 'skip_thought_signature_validator';

/**
 * The conversation as `contents`: roles of its own, native function calls and responses, the model's parts verbatim
 * (with their thought signatures) where they came from this wire. System text goes apart.
 */
export function contentsOf(messages: readonly Message[], signed: boolean): { readonly system: string; readonly contents: readonly Content[] } {
  const system = messages.flatMap((message) => (message.role === 'system' ? [message.text] : [])).join('\n\n');
  // Ids that Gemini gave itself: a response repeats them, and no others.
  const given = new Set<string>();
  const contents: Content[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const parts = partsOf(message, given, signed);
    const role = message.role === 'assistant' ? 'model' : 'user';
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role, parts: [...parts] });
  }
  return { system, contents };
}

function partsOf(message: Exclude<Message, { role: 'system' }>, given: Set<string>, signed: boolean): readonly Json[] {
  switch (message.role) {
    case 'user':
      return typeof message.content === 'string' ? [{ text: message.content }] : message.content.map(userPart);
    case 'tool': {
      const id = given.has(message.callId) ? { id: message.callId } : {};
      const images = (message.images ?? []).map(userPart);
      const answer = { ...id, name: message.name, response: { output: message.text } };
      // From Gemini 3 on a response holds them; before, they stand beside it.
      if (signed && images.length > 0) return [{ functionResponse: { ...answer, parts: images } }];
      return [{ functionResponse: answer }, ...images];
    }
    case 'assistant':
      return modelParts(message, given, signed);
  }
}

const userPart = (part: ContentPart): Json =>
  part.type === 'text' ? { text: part.text } : { inlineData: { mimeType: part.mediaType, data: part.base64 } };

/** The calls of an older Gemini that another one goes on from. */
function withSignature(parts: readonly Json[]): readonly Json[] {
  if (parts.some((part) => 'thoughtSignature' in part)) return parts;
  const first = parts.findIndex((part) => 'functionCall' in part);
  return parts.map((part, place) => (place === first ? { ...part, thoughtSignature: UNSIGNED } : part));
}

function modelParts({ text, toolCalls, items }: Extract<Message, { role: 'assistant' }>, given: Set<string>, signed: boolean): readonly Json[] {
  const own = items.flatMap(({ wire, item }) => (wire === GEMINI_WIRE && isObject(item) ? [item] : []));
  for (const part of own) {
    const id = stringOf(objectOf(part['functionCall'])?.['id']);
    if (id !== '') given.add(id);
  }
  if (own.length > 0) return signed ? withSignature(own) : own;
  const calls = toolCalls.map(({ name, argumentsText }, index) => ({
    functionCall: { name, args: argumentsObject(argumentsText) },
    ...(signed && index === 0 ? { thoughtSignature: UNSIGNED } : {}),
  }));
  return [...(text === '' ? [] : [{ text }]), ...calls];
}
