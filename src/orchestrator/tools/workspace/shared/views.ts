import { chmod, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { AgentId, Seen } from '../../../protocol.js';
import { withFolder } from '../paths/confined.js';
import { copyTree } from '../copies/copy-tree.js';
import { dropFolder } from './drop-folder.js';
import type { Snapshot, Snapshots } from './snapshots.js';

const setRights = (folder: string, mode: number): Promise<void> => withFolder(folder, ({ self }) => chmod(self, mode));

export interface ViewsOptions {
  /** Everything is below it: a folder for each viewer. */
  readonly folder: string;
  readonly byLink: boolean;
  readonly nameOf: (agent: AgentId) => string;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

/** What each agent sees of the others' work: `<viewer>/agentK`, read-only, of the answers that it was shown. */
export class Views {
  private readonly options: ViewsOptions;
  private readonly shown = new Map<string, Snapshot>();
  private built = 0;

  constructor(options: ViewsOptions) {
    this.options = options;
  }

  folderOf(viewer: AgentId): string {
    return path.join(this.options.folder, this.options.nameOf(viewer));
  }

  /** Brings a viewer's folders to the answers that it sees. Each is there all the time, the old or the new one. */
  async show(viewer: AgentId, seen: Seen, snapshots: Snapshots): Promise<void> {
    for (const [author, rev] of Object.entries(seen)) {
      const source = snapshots.at(author, rev);
      const target = path.join(this.folderOf(viewer), this.options.nameOf(author));
      if (source === undefined || this.shown.get(target) === source) continue;
      await this.replace(target, source.show);
      this.shown.set(target, source);
    }
  }

  /** Puts a folder that is the same for all beside the viewers' own. */
  async place(source: string, name: string): Promise<string> {
    const target = path.join(this.options.folder, name);
    const { byLink, signal } = this.options;
    await this.replace(target, async (next) => {
      await copyTree(source, next, { byLink, readOnly: true, signal });
    });
    return target;
  }

  private async replace(target: string, make: (next: string) => Promise<void>): Promise<void> {
    this.built += 1;
    const [next, old] = ['next', 'old'].map((word) => path.join(this.options.folder, `.${word}-${this.built}`)) as [string, string];
    await make(next);
    await mkdir(path.dirname(target), { recursive: true });
    // To leave its folder, a folder has to be writable: the name of what is above it is written into it.
    await setRights(target, 0o755).catch(() => undefined);
    await rename(target, old).catch(() => undefined);
    await setRights(next, 0o755);
    await rename(next, target);
    await setRights(target, 0o555);
    await dropFolder(old);
  }

  /** Takes everybody's folders away. */
  async clear(): Promise<void> {
    for (const target of this.shown.keys()) await dropFolder(target);
    this.shown.clear();
  }

  async close(): Promise<void> {
    this.shown.clear();
    await dropFolder(this.options.folder);
  }
}
