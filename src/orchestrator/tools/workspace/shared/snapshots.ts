import type { Stats } from 'node:fs';
import path from 'node:path';
import type { AgentId } from '../../../protocol.js';
import { copyTree } from '../copies/copy-tree.js';
import { dropFolder } from './drop-folder.js';
import { packTree } from '../copies/pack-tree.js';
import type { PackedFolder } from '../copies/packed-tree.js';
import type { Copied, CopyLimits } from '../copies/tally.js';
import { unpackTree } from '../copies/unpack-tree.js';

/** What belonged to an answer. Each of these makes a folder where there is nothing yet. */
export interface Snapshot {
  /** For reading only. */
  readonly show: (target: string) => Promise<void>;
  /** For the log, where one file may be part of several answers. */
  readonly log: (target: string) => Promise<void>;
  /** Files of the user's own. */
  readonly deliver: (target: string) => Promise<void>;
}

interface Taken extends Snapshot {
  readonly rev: number;
  readonly tree?: PackedFolder;
  /** Where it was logged. */
  logged?: string;
}

export interface SnapshotsOptions {
  /** Everything is kept below it. */
  readonly folder: string;
  /** Nothing but massgen's own tools writes to the workspaces, and they replace files whole: then a second name is a copy. */
  readonly byLink: boolean;
  readonly limits?: CopyLimits;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

/** Copies of the agents' workspaces, one for each answer. What has not changed since an agent's last one is the same file. */
export class Snapshots {
  private readonly options: SnapshotsOptions;
  private readonly taken = new Map<AgentId, readonly Taken[]>();
  /** Files by device and number, which no text need be made of. */
  private readonly linked = new Map<number, Set<number>>();
  private packs = 0;

  constructor(options: SnapshotsOptions) {
    this.options = options;
  }

  /** How many names massgen gave a file of a workspace itself; as many as it has, for a file that is shared. */
  readonly ownLinks = (stats: Stats): number => (this.linked.get(stats.dev)?.has(stats.ino) === true ? stats.nlink - 1 : 0);

  readonly isForeign = (stats: Stats): boolean => stats.nlink > 1 && stats.nlink - this.ownLinks(stats) > 1;

  /** Copies what is in a workspace now. An empty one leaves the copies as they are. */
  async take(agent: AgentId, name: string, rev: number, workspace: string): Promise<Copied> {
    const earlier = this.taken.get(agent) ?? [];
    const [taken, copied] = await (this.options.byLink ? this.link(name, rev, workspace) : this.pack(name, rev, workspace, earlier.at(-1)));
    if (copied.files > 0) this.taken.set(agent, [...earlier.filter((each) => each.rev !== rev), taken]);
    return copied;
  }

  private readonly noteLinked = ({ dev, ino }: Stats): void => {
    const known = this.linked.get(dev);
    if (known === undefined) this.linked.set(dev, new Set([ino]));
    else known.add(ino);
  };

  private async link(name: string, rev: number, workspace: string): Promise<readonly [Taken, Copied]> {
    const { signal, limits } = this.options;
    const folder = path.join(this.options.folder, name, String(rev));
    await dropFolder(folder);
    const copied = await copyTree(workspace, folder, { byLink: true, readOnly: true, isForeign: this.isForeign, limits, onFile: this.noteLinked, signal });
    if (copied.files === 0) await dropFolder(folder);
    const copy = async (target: string, how: { readonly byLink?: boolean; readonly readOnly?: boolean }): Promise<void> => {
      await copyTree(folder, target, { ...how, signal });
    };
    return [{ rev, show: (target) => copy(target, { byLink: true, readOnly: true }), log: (target) => copy(target, { byLink: true }), deliver: (target) => copy(target, {}) }, copied];
  }

  private async pack(name: string, rev: number, workspace: string, last: Taken | undefined): Promise<readonly [Taken, Copied]> {
    const { signal, limits } = this.options;
    const store = path.join(this.options.folder, name, String((this.packs += 1)));
    const { tree, copied } = await packTree(workspace, store, { isForeign: this.isForeign, before: last?.tree, limits, signal });
    const taken: Taken = {
      rev,
      tree,
      show: (target) => unpackTree(tree, target, { readOnly: 'all', signal }),
      log: async (target) => {
        const earlier = last?.tree === undefined || last.logged === undefined ? undefined : { folder: last.logged, tree: last.tree };
        await unpackTree(tree, target, { readOnly: 'files', earlier, signal });
        taken.logged = target;
      },
      deliver: (target) => unpackTree(tree, target, { signal }),
    };
    return [taken, copied];
  }

  /** The newest copy that is no newer than an answer. */
  at(agent: AgentId, rev: number): Snapshot | undefined {
    return this.taken.get(agent)?.findLast((each) => each.rev <= rev);
  }

  forget(): void {
    this.taken.clear();
  }

  async close(): Promise<void> {
    this.forget();
    await dropFolder(this.options.folder);
  }
}
