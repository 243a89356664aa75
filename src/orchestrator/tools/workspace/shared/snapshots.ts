import type { Stats } from 'node:fs';
import path from 'node:path';
import type { AgentId } from '../../../protocol.js';
import { COPY_LIMITS, copyTree, type Copied, type CopyLimits } from './copy-tree.js';
import { dropFolder } from './drop-folder.js';

/** Clocks of file systems stand still for some ms: what changed just before may change again and look the same. */
const SETTLED_MS = 50;

const keyOf = ({ ino, size, mtimeMs, ctimeMs }: Stats): string => `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
const inodeOf = ({ dev, ino }: Stats): string => `${dev} ${ino}`;

interface Snapshot {
  readonly rev: number;
  readonly folder: string;
  /** What each file was when it was copied. */
  readonly files: ReadonlyMap<string, string>;
}

export interface SnapshotsOptions {
  /** Everything is kept below it. */
  readonly folder: string;
  /** Nothing but massgen's own tools writes to the workspaces, and they replace files whole: then a second name is a copy. */
  readonly byLink: boolean;
  readonly limits?: CopyLimits;
}

/** Copies of the agents' workspaces, one for each answer. What has not changed since an agent's last one is the same file. */
export class Snapshots {
  private readonly options: SnapshotsOptions;
  private readonly taken = new Map<AgentId, readonly Snapshot[]>();
  private readonly linked = new Set<string>();

  constructor(options: SnapshotsOptions) {
    this.options = options;
  }

  /** How many names massgen gave a file of a workspace itself; as many as it has, for a file that is shared. */
  readonly ownLinks = (stats: Stats): number => (this.linked.has(inodeOf(stats)) ? stats.nlink - 1 : 0);

  readonly isForeign = (stats: Stats): boolean => stats.nlink - this.ownLinks(stats) > 1;

  /** Copies what is in a workspace now. An empty one leaves the copies as they are. */
  async take(agent: AgentId, name: string, rev: number, workspace: string): Promise<Copied> {
    const earlier = this.taken.get(agent) ?? [];
    const last = earlier.at(-1);
    const folder = path.join(this.options.folder, name, String(rev));
    const [files, since] = [new Map<string, string>(), Date.now() - SETTLED_MS];
    await dropFolder(folder);
    const copied = await copyTree(workspace, folder, {
      byLink: this.options.byLink,
      readOnly: true,
      isForeign: this.isForeign,
      limits: this.options.limits ?? COPY_LIMITS,
      ...(last === undefined || this.options.byLink ? {} : { earlier: (relative, stats) => (last.files.get(relative) === keyOf(stats) ? path.join(last.folder, relative) : undefined) }),
      onFile: (relative, stats) => {
        if (this.options.byLink) this.linked.add(inodeOf(stats));
        else if (stats.ctimeMs < since) files.set(relative, keyOf(stats));
      },
    });
    if (copied.files > 0) this.taken.set(agent, [...earlier.filter((each) => each.rev !== rev), { rev, folder, files }]);
    else await dropFolder(folder);
    return copied;
  }

  /** The newest copy that is no newer than an answer. */
  at(agent: AgentId, rev: number): string | undefined {
    return this.taken.get(agent)?.findLast((each) => each.rev <= rev)?.folder;
  }

  forget(): void {
    this.taken.clear();
  }

  async close(): Promise<void> {
    this.forget();
    await dropFolder(this.options.folder);
  }
}
