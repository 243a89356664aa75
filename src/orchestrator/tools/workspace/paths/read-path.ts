import path from 'node:path';
import { deny } from './access-denied.js';

const LONGEST_PATH = 4000;
const LONGEST_NAME = 255;

/** What Unicode calls controls, formats and halves of characters: invisible, or turning the reading direction. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const ENCODED = /%(?:2e|2f|5c|00)/iu;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//iu;
const DRIVE = /^[a-z]:(?:$|\/)/iu;

function refuseName(name: string): void {
  if (Buffer.byteLength(name) > LONGEST_NAME) deny(`a name in the path is longer than ${LONGEST_NAME} bytes`);
  const compatible = name.normalize('NFKC');
  if (compatible.includes('/') || compatible.includes('\\') || (/^\.+$/u.test(compatible) && name !== compatible)) deny('a name in the path looks like another one: write it in plain characters');
  if (/^\.{3,}$/u.test(name) || (name !== '.' && name !== '..' && /[. ]$/u.test(name))) deny('a name in the path ends with a dot or a space');
}

/**
 * The absolute path that an agent means, `.` and `..` resolved by name only; a relative one starts at `base`.
 * Throws AccessDenied for what is no plain path: URLs, `~`, other systems' paths, invisible and look-alike characters.
 */
export function readPath(text: string, base: string): string {
  if (text === '') deny('the path is empty');
  if (Buffer.byteLength(text) > LONGEST_PATH) deny(`the path is longer than ${LONGEST_PATH} bytes`);
  if (INVISIBLE.test(text)) deny('the path contains characters that cannot be seen');
  if (SCHEME.test(text) || /^file:/iu.test(text)) deny('a URL is not a path');
  if (text.startsWith('~')) deny('"~" is not expanded: write the path out, relative to the workspace');
  if (text.includes('\\') || DRIVE.test(text)) deny('write the path with "/" between folders, and no drive');
  if (ENCODED.test(text)) deny('the path is percent-encoded: write it in plain characters');
  for (const name of text.split('/')) refuseName(name);
  return path.resolve(base, text);
}
