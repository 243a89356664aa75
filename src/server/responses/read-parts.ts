import { MassgenError } from '../../errors.js';
import { readImage, type Image } from '../runs/images.js';
import type { InputPart } from './response-types.js';

export interface PartsContent {
  readonly text: string;
  readonly images: readonly Image[];
  /** What was left out, in words. */
  readonly left: readonly string[];
}

/** Decoded. */
const LONGEST_FILE = 10 * 1024 * 1024;
const DATA_URI = /^data:([^,]{0,200}),/iu;

const refuse = (message: string, param: string, reason: string): never => {
  throw new MassgenError('request-invalid', message, { param, reason });
};

/** The text of a file that was sent; PDFs and the like would need a vendor that reads them. */
function textOf(data: string, param: string): string {
  const head = DATA_URI.exec(data.slice(0, 210));
  const base64 = (head === null ? data : data.slice(head[0].length)).replaceAll(/\s+/gu, '');
  if (head !== null && !/;base64$/iu.test(head[1] ?? '')) return refuse(`${param} must be in base64`, param, 'invalid_file');
  if (base64 === '' || !/^[A-Za-z0-9+/_-]*={0,2}$/u.test(base64)) return refuse(`${param} is not valid base64`, param, 'invalid_file');
  if (base64.length * 0.75 > LONGEST_FILE) return refuse(`${param} is larger than 10 MB`, param, 'file_too_large');
  const bytes = Buffer.from(base64, 'base64');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? refuse(`${param} is no text: only text files can be read`, param, 'unsupported_file') : text;
  } catch (thrown) {
    if (thrown instanceof MassgenError) throw thrown;
    return refuse(`${param} is no text: only text files (UTF-8) can be read`, param, 'unsupported_file');
  }
}

function readFile({ file_data: data, filename }: InputPart, place: string): { readonly text: string } | { readonly left: string } {
  if (data == null) return { left: 'a file was left out: ids and URLs of files are not followed, send file_data' };
  const name = (filename ?? 'file').replaceAll(/[\r\n`]+/gu, ' ').slice(0, 200);
  return { text: `File ${name}:\n\`\`\`\n${textOf(data, `${place}.file_data`)}\n\`\`\`` };
}

const addressOf = (part: InputPart): unknown => (typeof part.image_url === 'object' && part.image_url !== null ? (part.image_url as { readonly url?: unknown }).url : part.image_url);

/** The parts of a message or of a tool's output. `place` is their list, for errors. Throws `request-invalid`. */
function readParts(parts: readonly InputPart[], place: string): PartsContent {
  const texts: string[] = [];
  const images: Image[] = [];
  const left: string[] = [];
  parts.forEach((part, index) => {
    const param = `${place}[${String(index)}]`;
    switch (part.type) {
      case 'input_text':
      case 'output_text':
      case 'text':
      case 'summary_text':
        if (part.text === undefined) return refuse(`${param}.text is missing`, `${param}.text`, 'missing_required_parameter');
        texts.push(part.text);
        return;
      case 'refusal':
        texts.push(part.refusal ?? '');
        return;
      case 'input_image':
      case 'image_url': {
        const address = addressOf(part);
        const image = address == null && part.file_id != null ? undefined : readImage(address, `${param}.image_url`);
        if (image === undefined) left.push('an image was left out: URLs and ids are not followed, send it as a data URI');
        else images.push(image);
        return;
      }
      case 'input_file': {
        const file = readFile(part, param);
        if ('left' in file) left.push(file.left);
        else texts.push(file.text);
        return;
      }
      default:
        return refuse(`${param}.type must be input_text, output_text, input_image or input_file, not ${JSON.stringify(part.type.slice(0, 40))}`, `${param}.type`, 'invalid_value');
    }
  });
  return { text: texts.join('\n'), images, left };
}

/** A text or parts. */
export const readContent = (content: string | readonly InputPart[] | null | undefined, place: string): PartsContent =>
  typeof content === 'string' ? { text: content, images: [], left: [] } : readParts(content ?? [], place);
