import { MassgenError } from '../../errors.js';
import { readImage, type Image } from '../runs/images.js';
import type { BlockSource, InputBlock } from './messages-types.js';

/** What a message or a tool's result says. */
export interface BlockContent {
  readonly texts: string[];
  readonly images: Image[];
  /** What was left out, in words. */
  readonly left: string[];
}

/** What only Anthropic's own tools have is neither. */
export const partsOf = (content: InputBlock['content']): string | readonly InputBlock[] => (typeof content === 'string' || Array.isArray(content) ? (content as string | readonly InputBlock[]) : []);

const sourceOf = ({ source }: InputBlock): BlockSource => (typeof source === 'object' ? source : { type: '' });

function readPicture(block: InputBlock, place: string, content: BlockContent): void {
  const { type, media_type: mediaType, data } = sourceOf(block);
  if (type === 'base64') {
    if (data === undefined) throw new MassgenError('request-invalid', `${place}.source.data is missing`, { param: `${place}.source.data` });
    // The first bytes are looked at, so that nothing else goes under the name of an image.
    const image = readImage(`data:${(mediaType ?? '').slice(0, 100)};base64,${data}`, `${place}.source`);
    if (image !== undefined) content.images.push(image);
  } else if (type === 'url' || type === 'file') content.left.push('an image was left out: URLs and file ids are not followed, send it in base64');
  else throw new MassgenError('request-invalid', `${place}.source.type must be base64`, { param: `${place}.source.type` });
}

function readDocument(block: InputBlock, place: string, content: BlockContent): void {
  const { type, data, content: inner } = sourceOf(block);
  const name = (block.title ?? '').replaceAll(/[\r\n`]+/gu, ' ').slice(0, 200);
  const around = (text: string): string => `Document${name === '' ? '' : ` ${name}`}:\n\`\`\`\n${text}\n\`\`\`${block.context == null ? '' : `\n${block.context}`}`;
  switch (type) {
    case 'text':
      if (data === undefined) throw new MassgenError('request-invalid', `${place}.source.data is missing`, { param: `${place}.source.data` });
      content.texts.push(around(data));
      return;
    case 'content': {
      const read = readBlocks(inner ?? [], `${place}.source.content`);
      content.texts.push(around(read.texts.join('\n')));
      content.images.push(...read.images);
      content.left.push(...read.left);
      return;
    }
    case 'base64':
    case 'url':
    case 'file':
      content.left.push('a document was left out: only text can be read, send it with a source of type text');
      return;
    default:
      throw new MassgenError('request-invalid', `${place}.source.type must be text or content`, { param: `${place}.source.type` });
  }
}

function readBlock(block: InputBlock, place: string, content: BlockContent): void {
  switch (block.type) {
    case 'text':
      content.texts.push(block.text ?? '');
      return;
    case 'image':
      readPicture(block, place, content);
      return;
    case 'document':
      readDocument(block, place, content);
      return;
    case 'search_result': {
      const read = readBlocks(partsOf(block.content), `${place}.content`);
      const from = typeof block.source === 'string' ? block.source.slice(0, 500) : '';
      content.texts.push(`Search result ${[block.title ?? '', from].filter((each) => each !== '').join(', ')}:\n${read.texts.join('\n')}`);
      content.left.push(...read.left);
      return;
    }
    // How an earlier answer came to be is no part of what was said, whoever signed it.
    case 'thinking':
    case 'redacted_thinking':
      return;
    default:
      content.left.push(`a part of type ${JSON.stringify(block.type.slice(0, 60))} was left out`);
  }
}

/** The parts of a message, of a tool's result or of a document. `place` is their list, for errors. Throws `request-invalid`. */
export function readBlocks(blocks: string | readonly InputBlock[], place: string): BlockContent {
  const content: BlockContent = { texts: [], images: [], left: [] };
  if (typeof blocks === 'string') content.texts.push(blocks);
  else {
    blocks.forEach((block, index) => {
      readBlock(block, `${place}[${String(index)}]`, content);
    });
  }
  return content;
}
