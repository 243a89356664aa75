import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Snapshots, type SnapshotsOptions } from '../../src/orchestrator/tools/workspace/shared/snapshots.js';
import { put, temporaryFolders } from './workspaces.js';

/** A workspace, and the copies that are made of it. */
export interface SnapshotWorld {
  readonly base: string;
  readonly workspace: string;
  readonly snapshots: Snapshots;
  readonly take: (rev: number) => ReturnType<Snapshots['take']>;
  /** What a peer is shown of an answer. */
  readonly shown: (rev: number) => Promise<string>;
}

export function snapshotWorlds(): { readonly open: (options?: Partial<SnapshotsOptions>) => SnapshotWorld; readonly close: () => Promise<void> } {
  const folders = temporaryFolders();
  const opened: Snapshots[] = [];
  const open = (options: Partial<SnapshotsOptions> = {}): SnapshotWorld => {
    const base = folders.make();
    const workspace = path.join(base, 'workspace');
    mkdirSync(workspace);
    const snapshots = new Snapshots({ folder: path.join(base, 'snapshots'), byLink: false, ...options });
    opened.push(snapshots);
    let count = 0;
    const shown = async (rev: number): Promise<string> => {
      const target = path.join(base, `shown-${(count += 1)}`);
      await snapshots.at('ada', rev)!.show(target);
      return target;
    };
    return { base, workspace, snapshots, shown, take: (rev) => snapshots.take('ada', 'agent1', rev, workspace) };
  };
  const close = async (): Promise<void> => {
    for (const snapshots of opened.splice(0)) await snapshots.close();
    folders.clear();
  };
  return { open, close };
}

/** Puts so many files into ten folders. */
export function putMany(folder: string, count: number): void {
  for (let index = 0; index < 10; index += 1) put(folder, { [`folder-${index}/first.txt`]: 'first' });
  for (let index = 10; index < count; index += 1) writeFileSync(path.join(folder, `folder-${index % 10}`, `file-${index}.txt`), `${index} `.repeat(300));
}

export const modeOf = (...names: string[]): number => statSync(path.join(...names)).mode & 0o777;

/** Bytes that the copies take. */
export const bytesKept = ({ base }: SnapshotWorld): number =>
  readdirSync(path.join(base, 'snapshots'), { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(path.join(entry.parentPath, entry.name)).size : 0), 0);

/** Waits longer than the clock of a file system stands still. */
export async function settled(folder: string): Promise<void> {
  const newest = Math.max(...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => statSync(path.join(folder, name)).ctimeMs));
  while (Date.now() - newest < 100) await setImmediate();
}
