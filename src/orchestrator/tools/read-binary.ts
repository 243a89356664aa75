import type { ImagePart } from '../../backends/contract.js';
import type { ToolFile, ToolOutcome } from './contract.js';
import { plainLine, resultText } from './plain-text.js';

const SHOWN_IMAGES = /^image\/(?:png|jpeg|gif|webp)$/u;
const TEXTS = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|javascript)(?: ?;|$))/u;
const MAX_IMAGES = 10;
const MAX_IMAGE_CHARACTERS = 7_000_000;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;

/** What a stranger's result holds, in the order of its parts. */
export interface Gathered {
  readonly texts: string[];
  readonly images: ImagePart[];
  readonly files: ToolFile[];
}

export const nothingYet = (): Gathered => ({ texts: [], images: [], files: [] });

function decodedText(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/** Bytes of some type: a text where it is one, a picture that is shown where models see such, and else a file. `name` is what its maker calls it. */
export function takeBinary(data: unknown, type: unknown, into: Gathered, name?: string): void {
  const base64 = typeof data === 'string' ? data.replace(/^data:[^,]{0,200},/u, '').replace(/[\r\n]+/gu, '') : '';
  const mediaType = plainLine(typeof type === 'string' && type !== '' ? type.toLowerCase() : 'application/octet-stream', 100);
  if (!BASE64.test(base64)) {
    into.texts.push(`[${name === undefined ? '' : `${name}, `}${mediaType}: ${data === '' ? 'it is empty' : 'left out, it is not valid'}]`);
    return;
  }
  const text = TEXTS.test(mediaType) ? decodedText(base64) : undefined;
  if (text !== undefined) {
    into.texts.push(`${name === undefined ? '' : `${name}:\n`}${resultText(text)}`);
    return;
  }
  const isShown = SHOWN_IMAGES.test(mediaType) && into.images.length < MAX_IMAGES && base64.length <= MAX_IMAGE_CHARACTERS;
  if (isShown) into.images.push({ type: 'image', mediaType, base64 });
  into.files.push({ mediaType, base64, isShown, ...(name === undefined ? {} : { name }) });
}

/** Pictures and files, where there are any. */
export const mediaOf = ({ images, files }: Gathered): Pick<ToolOutcome, 'images' | 'files'> => ({ ...(images.length === 0 ? {} : { images }), ...(files.length === 0 ? {} : { files }) });
