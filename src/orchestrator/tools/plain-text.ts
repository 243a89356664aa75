import { stripVTControlCharacters } from 'node:util';

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;
/** What is not seen, or turns round what is: bidirectional marks, zero-width characters, tags, byte order marks. */
const UNSEEN = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** One of these there must be where anything is to be done. */
const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/;

/** What a tool said as text that any vendor takes: without terminal sequences, control characters and halves of characters; line feeds and tabs stay. */
export function resultText(text: string): string {
  if (!ODD.test(text)) return text;
  return stripVTControlCharacters(text).replace(/\r\n?/gu, '\n').replace(CONTROL, '').replace(LONE_SURROGATE, '\ufffd');
}

/** What a stranger wrote about a tool, for a model to read: nothing hidden in it, and not longer than `limit` characters. */
export function plainText(text: string, limit: number): string {
  const plain = resultText(text.slice(0, limit * 2)).replace(UNSEEN, '').trim();
  return plain.length <= limit ? plain : `${plain.slice(0, limit - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}

/** The same on one line. */
export const plainLine = (text: string, limit: number): string => plainText(text.slice(0, limit * 2).replace(/\s+/gu, ' '), limit);
