import { lstat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { deny } from '../paths/access-denied.js';
import { withFolder } from '../paths/confined.js';
import { picksOf } from './copy-tools.js';
import { flag, text, texts, textOf, type FileCall, type FileSpace, type FileTool } from './file-space.js';
import { refuseParts } from './move-tools.js';
import { removeTree } from './remove-tree.js';
import { walk } from './walk.js';

function requireRead({ readBeforeDelete, known }: FileSpace, files: readonly string[], shown: string): void {
  const [unread] = readBeforeDelete ? files.filter((file) => !known.has(file)) : [];
  if (unread !== undefined) deny(`${shown}: read ${path.basename(unread)} before you delete it`);
}

async function remove({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const shown = textOf(args, 'path');
  const { path: real } = await space.policy.place(shown, 'write', delivering);
  if (space.policy.holdsRules(real)) deny(`${shown} is, or holds, a folder with rules of its own`);
  const isFolder = await withFolder(path.dirname(real), async (folder) => (await lstat(folder.at(path.basename(real)))).isDirectory());
  if (!isFolder) requireRead(space, [real], shown);
  else if (args['recursive'] !== true) throw new Error(`${shown} is a folder: say "recursive": true to delete it with all that is in it`);
  else {
    await refuseParts(space, real, null, shown, delivering);
    const files: string[] = [];
    for await (const entry of walk(space, real, delivering)) if (entry.kind === 'file') files.push(entry.path);
    requireRead(space, files, shown);
  }
  await removeTree(real);
  return { text: `Successfully deleted ${shown}` };
}

async function removeBatch({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const shown = textOf(args, 'base_path');
  const { path: base } = await space.policy.place(shown, 'write', delivering);
  const picks = picksOf(args);
  const files: string[] = [];
  for await (const entry of walk(space, base, delivering)) {
    if (entry.kind !== 'file' || !picks(path.relative(base, entry.path))) continue;
    if (space.policy.rightAt(entry.path, delivering) !== 'write' || space.policy.holdsRules(entry.path)) deny(`${path.relative(base, entry.path)} in ${shown} is read-only`);
    files.push(entry.path);
  }
  requireRead(space, files, shown);
  for (const file of files) await withFolder(path.dirname(file), async (folder) => await unlink(folder.at(path.basename(file))));
  return { text: `Successfully deleted ${files.length} ${files.length === 1 ? 'file' : 'files'} in ${shown}` };
}

/** Tools that delete. */
export const deleteTools: readonly FileTool[] = [
  {
    ...{ name: 'delete_file', server: 'workspace_tools' },
    description: 'Delete a file, or a folder with all that is in it.',
    properties: { path: text('What is deleted.'), recursive: flag('A folder with all that is in it.') },
    required: ['path'],
    writes: true,
    run: remove,
  },
  {
    ...{ name: 'delete_files_batch', server: 'workspace_tools' },
    description: 'Delete many files of a folder at once.',
    properties: { base_path: text('The folder.'), include_patterns: texts('Patterns of files to delete, such as "*.tmp"; all unless said.'), exclude_patterns: texts('Patterns of files to keep.') },
    required: ['base_path'],
    writes: true,
    run: removeBatch,
  },
];
