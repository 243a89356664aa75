import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { deny } from '../paths/access-denied.js';
import { withFolder } from '../paths/confined.js';
import { flag, text, texts, textOf, textsOf, type FileCall, type FileSpace, type FileTool } from './file-space.js';
import { globTest } from './glob.js';
import { readBytes } from './read-text.js';
import { walk } from './walk.js';
import { store } from './write-tools.js';

interface Copy {
  readonly from: string;
  readonly to: string;
  readonly shown: string;
  readonly overwrite: boolean;
  readonly delivering: boolean;
  /** Of paths below `from`. */
  readonly picks?: (relative: string) => boolean;
}

async function copyOne(space: FileSpace, from: string, to: string, { shown, overwrite, delivering }: Copy): Promise<void> {
  if (space.policy.rightAt(to, delivering) !== 'write') deny(`${shown} would come to hold something that may not be written there: ${path.basename(to)}`);
  const wasKnown = space.known.has(from);
  await store(space, to, shown, await readBytes(space, from, delivering, space.limits.writeBytes), !overwrite);
  // To copy is not to have read.
  if (!wasKnown) space.known.delete(from);
}

/** Copies a file, or a folder with what is in it; links and what is no ordinary file stay behind. Answers how many files were copied. */
export async function copyInto(space: FileSpace, copy: Copy): Promise<number> {
  const { from, to, delivering, picks = () => true } = copy;
  const stats = await withFolder(path.dirname(from), async (folder) => await lstat(folder.at(path.basename(from))));
  if (!stats.isDirectory()) {
    await copyOne(space, from, to, copy);
    return 1;
  }
  if (to === from || to.startsWith(`${from}/`)) throw new Error('a folder cannot be copied into itself');
  let count = 0;
  for await (const entry of walk(space, from, delivering)) {
    const relative = path.relative(from, entry.path);
    if (entry.kind !== 'file' || !picks(relative)) continue;
    await copyOne(space, entry.path, path.join(to, relative), copy);
    count += 1;
  }
  return count;
}

async function copy({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const [source, shown] = [textOf(args, 'source_path'), textOf(args, 'destination_path')];
  const { path: from } = await space.policy.place(source, 'read', delivering);
  const { path: to } = await space.policy.place(shown, 'write', delivering);
  const count = await copyInto(space, { from, to, shown, delivering, overwrite: args['overwrite'] === true });
  return { text: `Successfully copied ${source} to ${shown} (${count} ${count === 1 ? 'file' : 'files'})` };
}

/** Says of a path below a folder whether patterns pick it: some of `include`, or all when there is none, and none of `exclude`. */
export function picksOf(args: FileCall['args']): (relative: string) => boolean {
  const [include, exclude] = ['include_patterns', 'exclude_patterns'].map((name) => textsOf(args, name).flatMap((pattern) => (pattern.includes('/') ? [pattern] : [pattern, `**/${pattern}`])).map(globTest));
  return (relative) => (include?.length === 0 || include?.some((test) => test(relative)) === true) && exclude?.some((test) => test(relative)) !== true;
}

async function copyBatch({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const [source, shown] = [textOf(args, 'source_base_path'), textOf(args, 'destination_base_path', '.') || '.'];
  const { path: from } = await space.policy.place(source, 'read', delivering);
  const { path: to } = await space.policy.place(shown, 'write', delivering);
  const count = await copyInto(space, { from, to, shown, delivering, overwrite: args['overwrite'] === true, picks: picksOf(args) });
  return { text: `Successfully copied ${count} ${count === 1 ? 'file' : 'files'} from ${source} to ${shown}` };
}

const overwrite = flag('Replace files that are there already.');

/** Tools that copy: from a peer's folder into the workspace, above all. */
export const copyTools: readonly FileTool[] = [
  {
    ...{ name: 'copy_file', server: 'workspace_tools' },
    description: 'Copy a file or folder, from any folder that you can read into your workspace.',
    properties: { source_path: text('What is copied.'), destination_path: text('Where to, with its name there.'), overwrite },
    required: ['source_path', 'destination_path'],
    writes: true,
    run: copy,
  },
  {
    ...{ name: 'copy_files_batch', server: 'workspace_tools' },
    description: 'Copy many files of a folder at once.',
    properties: {
      source_base_path: text('The folder copied from.'),
      destination_base_path: text('The folder copied to; your workspace unless said.'),
      include_patterns: texts('Patterns of files to copy, such as "*.py"; all unless said.'),
      exclude_patterns: texts('Patterns of files to leave out.'),
      overwrite,
    },
    required: ['source_base_path'],
    writes: true,
    run: copyBatch,
  },
];
