import { stripVTControlCharacters } from 'node:util';

/** Text from models and providers without terminal escape sequences and control characters; line feeds and tabs stay. */
export function safeText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is to be found
  return stripVTControlCharacters(text).replace(/\r\n?/gu, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu, '');
}
