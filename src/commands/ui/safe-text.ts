import { stripVTControlCharacters } from 'node:util';

/** Text from models and providers without terminal escape sequences and control characters; line feeds and tabs stay. */
export function safeText(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/gu, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** A value as one line of JSON; the control characters that JSON leaves as they are, which some terminals obey, are escaped too. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f]/gu, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
