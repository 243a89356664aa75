/** How much of a conversation there is room for, in characters: Infinity leaves as it is. */
export interface Caps {
  /** Of each earlier message, tool result, reply and replaced answer. */
  readonly old: number;
  /** How many messages from before the task, and as many of those since, newest first. */
  readonly messages: number;
  /** 0 when earlier replies go without the vendor's own items. */
  readonly items: number;
  /** Of each current answer. */
  readonly answers: number;
  /** Of the task, of what the user said since, and of each other text that somebody gave. */
  readonly given: number;
}

export const WHOLE: Caps = { old: Infinity, messages: Infinity, items: Infinity, answers: Infinity, given: Infinity };

/** What a note about a cut takes; less is not worth one. */
const NOTE = 80;

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/** Head and tail of a text that is longer than `cap` characters, with a note of what is left out between them. */
export function cutText(text: string, cap: number): string {
  if (text.length <= cap + NOTE) return text;
  const after = Math.floor(cap / 3);
  let head = cap - after;
  if (isHigh(text.charCodeAt(head - 1))) head -= 1;
  let tail = text.length - after;
  if (isHigh(text.charCodeAt(tail - 1))) tail += 1;
  return `${text.slice(0, head)}\n[… ${String(tail - head)} characters are left out here to fit the model …]\n${text.slice(tail)}`;
}

/** Arguments of a call with the texts in them cut: still JSON, if they were. */
export function cutArguments(argumentsText: string, cap: number): string {
  if (argumentsText.length <= cap + NOTE) return argumentsText;
  try {
    return JSON.stringify(JSON.parse(argumentsText), (_name, value: unknown) => (typeof value === 'string' ? cutText(value, cap) : value));
  } catch {
    return '{}';
  }
}
