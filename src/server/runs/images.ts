import { MassgenError } from '../../errors.js';
import type { RunRequest } from '../../orchestrator/index.js';

export type Image = NonNullable<RunRequest['images']>[number];

/** Decoded; larger ones are refused by vendors anyway. */
const LARGEST_BYTES = 10 * 1024 * 1024;
const DATA_URI = /^data:([^;,]*)((?:;[^;,]*)*),/iu;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** How each type begins, so that nothing else goes under its name. */
const BEGINNINGS: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  'image/png': (bytes) => bytes.subarray(0, 4).toString('latin1') === '\x89PNG',
  'image/jpeg': (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8,
  'image/gif': (bytes) => bytes.subarray(0, 4).toString('latin1') === 'GIF8',
  'image/webp': (bytes) => bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP',
};

const refuse = (message: string, param: string): never => {
  throw new MassgenError('request-invalid', message, { param, reason: 'invalid_image' });
};

/**
 * The image of a data URI; undefined for a URL of the web, which is never fetched. Throws `request-invalid` for what is no image:
 * PNG, JPEG, GIF and WebP in base64 are, up to 10 MB.
 */
export function readImage(url: unknown, param: string): Image | undefined {
  if (typeof url !== 'string' || url === '') return refuse(`${param} must hold the URL of an image`, param);
  if (/^https?:/iu.test(url)) return undefined;
  const head = DATA_URI.exec(url.slice(0, 200));
  if (head === null) return refuse(`${param} must be a data URI, such as data:image/png;base64,…`, param);
  const [all, type = '', options = ''] = head;
  const mediaType = type.toLowerCase().replace('image/jpg', 'image/jpeg');
  if (!Object.hasOwn(BEGINNINGS, mediaType)) return refuse(`${param} must be a PNG, JPEG, GIF or WebP image, not ${mediaType === '' ? 'something without a type' : mediaType}`, param);
  if (!/;base64$/iu.test(options)) return refuse(`${param} must be in base64`, param);
  // Documentation abbreviates with three dots; what is left is judged as any other.
  return checked(mediaType, url.slice(all.length).replaceAll(/\s+|\.{3}$/gu, ''), param);
}

function checked(mediaType: string, base64: string, param: string): Image {
  if (base64 === '' || base64.length % 4 === 1 || !BASE64.test(base64)) return refuse(`${param} is not valid base64`, param);
  if (base64.length * 0.75 > LARGEST_BYTES) return refuse(`${param} is larger than 10 MB`, param);
  if (BEGINNINGS[mediaType]?.(Buffer.from(base64.slice(0, 64), 'base64')) !== true) return refuse(`${param} is no ${mediaType} image`, param);
  return { type: 'image', mediaType, base64 };
}

/** Stands in a tool's result, which holds text only, for what it has shown. */
export const whatFollows = (images: readonly Image[]): readonly string[] => (images.length === 0 ? [] : [`(${images.length === 1 ? 'an image, which follows' : `${String(images.length)} images, which follow`})`]);
