import path from 'node:path';
import { DIFF_MS, diffText } from './edit-text.js';
import { flag, numberOf, text, textOf, type FileCall, type FileSpace, type FileTool } from './file-space.js';
import { readBytes, readText } from './read-text.js';
import { walk } from './walk.js';

async function compareFiles({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const [one, other] = [textOf(args, 'file1'), textOf(args, 'file2')];
  const context = numberOf(args, 'context_lines') ?? 3;
  const [before, after] = [await readText(space, one, delivering), await readText(space, other, delivering)];
  if (before === after) return { text: `${one} and ${other} are the same` };
  const { createTwoFilesPatch } = await import('diff');
  return { text: createTwoFilesPatch(one, other, before, after, undefined, undefined, { context, timeout: DIFF_MS }) ?? `${one} and ${other} differ in more places than can be shown` };
}

async function filesBelow(space: FileSpace, folder: string, delivering: boolean): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const entry of walk(space, folder, delivering)) if (entry.kind === 'file') files.push(path.relative(folder, entry.path));
  return files;
}

const listOf = (title: string, names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [`${title}:`, ...names.map((name) => `  ${name}`)]);

async function compareFolders({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const shown = [textOf(args, 'dir1'), textOf(args, 'dir2')] as const;
  const [one, other] = [(await space.policy.place(shown[0], 'read', delivering)).path, (await space.policy.place(shown[1], 'read', delivering)).path];
  const [left, right] = [await filesBelow(space, one, delivering), new Set(await filesBelow(space, other, delivering))];
  const [different, diffs]: [string[], string[]] = [[], []];
  for (const name of left.filter((each) => right.has(each))) {
    const [before, after] = [await readBytes(space, path.join(one, name), delivering, space.limits.readBytes), await readBytes(space, path.join(other, name), delivering, space.limits.readBytes)];
    if (before.equals(after)) continue;
    different.push(name);
    if (args['show_content_diff'] === true) diffs.push(await diffText(before.toString('utf8'), after.toString('utf8'), name));
  }
  const lines = [...listOf(`Only in ${shown[0]}`, left.filter((each) => !right.has(each))), ...listOf(`Only in ${shown[1]}`, [...right].filter((each) => !left.includes(each))), ...listOf('Different', different), ...diffs];
  return { text: lines.length === 0 ? `${shown[0]} and ${shown[1]} hold the same files` : lines.join('\n') };
}

/** Tools that compare. */
export const compareTools: readonly FileTool[] = [
  {
    ...{ name: 'compare_files', server: 'workspace_tools' },
    description: 'Show how two text files differ.',
    properties: { file1: text('One file.'), file2: text('The other.'), context_lines: { type: 'number', description: 'Lines shown around each difference; 3 unless said.' } },
    required: ['file1', 'file2'],
    run: compareFiles,
  },
  {
    ...{ name: 'compare_directories', server: 'workspace_tools' },
    description: 'Show how two folders differ: files that only one has, and files whose content differs.',
    properties: { dir1: text('One folder.'), dir2: text('The other.'), show_content_diff: flag('Show what differs in each file.') },
    required: ['dir1', 'dir2'],
    run: compareFolders,
  },
];
