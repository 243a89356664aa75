import type { PromptMessage, PromptPart } from '../protocol.js';

/** The highest place, counted from 1, that these messages refer to; `before` when they refer to none. */
const upTo = (before: number, messages: readonly PromptMessage[], placeOf: (part: Exclude<PromptPart, string>) => number): number =>
  messages.reduce((most, { parts }) => parts.reduce((so, part) => (typeof part === 'string' ? so : Math.max(so, placeOf(part) + 1)), most), before);

/** How many of the user's messages an agent has been given, these among them. */
export const heardBy = (before: number, messages: readonly PromptMessage[]): number => upTo(before, messages, (part) => (part.ref === 'message' ? part.index : -1));

/** How many offers of its own tools an agent has been told of. */
export const toldBy = (before: number, messages: readonly PromptMessage[]): number => upTo(before, messages, (part) => (part.ref === 'own-tools' ? part.offer : -1));
