import { lstat } from 'node:fs/promises';
import { withFolder, writeInPlace, writeWhole } from '../paths/confined.js';
import { rootOf } from '../paths/rights.js';
import { diffText, editText, type Edit } from './edit-text.js';
import { linkCount, text, textOf, type FileCall, type FileSpace, type FileTool } from './file-space.js';
import { readText } from './read-text.js';

/** Writes a whole file where the agent may. */
export async function store(space: FileSpace, real: string, shown: string, data: string | Uint8Array, mustBeNew = false): Promise<void> {
  const size = Buffer.byteLength(data);
  if (size > space.limits.writeBytes) throw new Error(`${size} bytes are more than the ${space.limits.writeBytes} that are written at once`);
  // Of a file that is a root itself the folder is not the agent's.
  if (rootOf(space.policy.roots, real)?.root.path === real) await writeInPlace(real, shown, data);
  else await writeWhole(real, shown, data, { names: linkCount(space, real, 'write'), mustBeNew });
  space.known.add(real);
}

async function write({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const [shown, content] = [textOf(args, 'path'), textOf(args, 'content')];
  const { path } = await space.policy.place(shown, 'write', context.delivering);
  await store(space, path, shown, content);
  return { text: `Successfully wrote to ${shown}` };
}

function editsOf(value: unknown): readonly Edit[] {
  const isEdit = (each: unknown): each is Edit => typeof each === 'object' && each !== null && 'oldText' in each && 'newText' in each && typeof each.oldText === 'string' && typeof each.newText === 'string';
  if (!Array.isArray(value) || value.length === 0 || !value.every(isEdit)) throw new Error('"edits" must be a list of {oldText, newText}');
  return value;
}

async function edit({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const [shown, edits] = [textOf(args, 'path'), editsOf(args['edits'])];
  const { path } = await space.policy.place(shown, 'write', context.delivering);
  const before = await readText(space, shown, context.delivering, {}, 'edit');
  const after = editText(before, edits);
  const changes = await diffText(before, after, path);
  if (args['dryRun'] !== true) await store(space, path, shown, after);
  return { text: changes };
}

async function createFolder({ space, args, context }: FileCall): Promise<{ readonly text: string }> {
  const shown = textOf(args, 'path');
  const { path } = await space.policy.place(shown, 'write', context.delivering);
  await withFolder(path, async ({ self }) => await lstat(self), true);
  return { text: `Successfully created directory ${shown}` };
}

/** Tools that write. */
export const writeTools: readonly FileTool[] = [
  {
    ...{ name: 'write_file', server: 'filesystem', also: 'file_write' },
    description: 'Write a file: a new one, or in place of the one that is there. Folders on the way are made.',
    properties: { path: text('Where. Relative paths start in your workspace.'), content: text('All of what is to be in the file.') },
    required: ['path', 'content'],
    writes: true,
    run: write,
  },
  {
    ...{ name: 'edit_file', server: 'filesystem' },
    description: 'Replace parts of a text file. Each old text must be in the file as given. Answers with the changes as a diff.',
    properties: {
      path: text('The file.'),
      edits: {
        type: 'array',
        description: 'Made in this order.',
        items: { type: 'object', properties: { oldText: text('What is replaced; exact.'), newText: text('What takes its place.') }, required: ['oldText', 'newText'] },
      },
      dryRun: { type: 'boolean', description: 'Only show what would change.' },
    },
    required: ['path', 'edits'],
    writes: true,
    run: edit,
  },
  { name: 'create_directory', server: 'filesystem', description: 'Make a folder, with those on the way. It may be there already.', properties: { path: text('The folder.') }, required: ['path'], writes: true, run: createFolder },
];
