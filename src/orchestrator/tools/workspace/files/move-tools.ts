import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import { deny } from '../paths/access-denied.js';
import { refuseStrange, withFolder } from '../paths/confined.js';
import { removeTree } from './remove-tree.js';
import { copyInto } from './copy-tools.js';
import { linkCount, text, textOf, type FileCall, type FileSpace, type FileTool } from './file-space.js';
import { walk } from './walk.js';

async function isThere(at: string): Promise<boolean> {
  return await lstat(at).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Refuses to take away a whole of which a part is not the agent's to take, or to put it where a part may not be. */
export async function refuseParts({ policy, ...space }: FileSpace, from: string, to: string | null, shown: string, delivering: boolean): Promise<void> {
  if (policy.holdsRules(from)) deny(`${shown} is, or holds, a folder with rules of its own`);
  for await (const { path: each } of walk({ policy, ...space }, from, delivering)) {
    const target = to === null ? each : path.join(to, path.relative(from, each));
    if (policy.rightAt(each, delivering) !== 'write' || policy.rightAt(target, delivering) !== 'write') deny(`${shown} holds something that may not be changed: ${path.relative(from, each)}`);
  }
}

async function move({ space, args, context: { delivering } }: FileCall): Promise<{ readonly text: string }> {
  const [source, destination] = [textOf(args, 'source'), textOf(args, 'destination')];
  const { path: from } = await space.policy.place(source, 'write', delivering);
  const { path: to } = await space.policy.place(destination, 'write', delivering);
  if (space.policy.holdsRules(from) || space.policy.holdsRules(to)) deny(`${source} or ${destination} is, or holds, a folder with rules of its own`);
  await withFolder(path.dirname(from), async (old) => {
    const at = old.at(path.basename(from));
    const stats = await lstat(at);
    if (stats.isDirectory()) await refuseParts(space, from, to, source, delivering);
    else refuseStrange(stats, source, linkCount(space, from, 'write'));
    await withFolder(
      path.dirname(to),
      async (now) => {
        if (await isThere(now.at(path.basename(to)))) throw new Error(`Destination already exists: ${destination}`);
        try {
          await rename(at, now.at(path.basename(to)));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
          await copyInto(space, { from, to, shown: destination, overwrite: false, delivering });
          await removeTree(from);
        }
      },
      true,
    );
  });
  if (space.known.has(from)) space.known.add(to);
  return { text: `Successfully moved ${source} to ${destination}` };
}

/** The tool that moves. */
export const moveTools: readonly FileTool[] = [
  {
    ...{ name: 'move_file', server: 'filesystem' },
    description: 'Move or rename a file or folder. Fails when there is something at the destination.',
    properties: { source: text('What is moved.'), destination: text('Where to, with its new name.') },
    required: ['source', 'destination'],
    writes: true,
    run: move,
  },
];
