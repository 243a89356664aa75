import { inPlainWords } from './plain-words.js';
import { readBytes, readText } from './read-text.js';
import { numberOf, text, texts, textOf, textsOf, type FileCall, type FileTool } from './file-space.js';

const MOST_FILES = 100;

const path = text('Where the file is. Relative paths start in your workspace.');
const lines = { tail: { type: 'number', description: 'Only the last N lines.' }, head: { type: 'number', description: 'Only the first N lines.' } };

async function readOne({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  return { text: await readText(space, textOf(args, 'path'), context.delivering, { head: numberOf(args, 'head'), tail: numberOf(args, 'tail') }) };
}

async function readMany({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const paths = textsOf(args, 'paths');
  if (paths.length === 0) throw new Error('At least one file path must be provided');
  if (paths.length > MOST_FILES) throw new Error(`${paths.length} files are more than the ${MOST_FILES} that are read at once`);
  const parts: string[] = [];
  let room = space.limits.readBytes;
  for (const each of paths) {
    try {
      const content = await readText(space, each, context.delivering);
      if (content.length > room) throw new Error('no room is left in this reply: read it alone');
      room -= content.length;
      parts.push(`${each}:\n${content}\n`);
    } catch (error) {
      parts.push(`${each}: Error - ${inPlainWords(error, [each])}`);
    }
  }
  return { text: parts.join('\n---\n') };
}

// By what is in the file: a name promises nothing.
const PICTURES: readonly (readonly [mediaType: string, starts: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

const mediaTypeOf = (bytes: Buffer): string | undefined => PICTURES.find(([, starts]) => starts.test(bytes.toString('latin1', 0, 16)))?.[0];

async function readMedia({ space, args, context }: FileCall): ReturnType<FileTool['run']> {
  const shown = textOf(args, 'path');
  const bytes = await readBytes(space, shown, context.delivering, space.limits.imageBytes);
  const mediaType = mediaTypeOf(bytes);
  if (mediaType === undefined) throw new Error(`${shown} is no PNG, JPEG, GIF or WebP picture; nothing else can be shown`);
  return { text: `${shown}: ${mediaType}, ${bytes.length} bytes`, images: [{ type: 'image', mediaType, base64: bytes.toString('base64') }] };
}

/** Tools that read files. */
export const readTools: readonly FileTool[] = [
  {
    ...{ name: 'read_file', server: 'filesystem', also: 'file_read' },
    description: 'Read a file as text; all of it, or its first or last lines. The same as read_text_file.',
    properties: { path, ...lines },
    required: ['path'],
    run: readOne,
  },
  { name: 'read_text_file', server: 'filesystem', description: 'Read a file as text; all of it, or its first or last lines.', properties: { path, ...lines }, required: ['path'], run: readOne },
  { name: 'read_media_file', server: 'filesystem', description: 'See a picture (PNG, JPEG, GIF or WebP).', properties: { path }, required: ['path'], run: readMedia },
  {
    ...{ name: 'read_multiple_files', server: 'filesystem' },
    description: 'Read several text files at once. A file that cannot be read does not stop the others.',
    properties: { paths: { ...texts('The files.'), minItems: 1 } },
    required: ['paths'],
    run: readMany,
  },
];
