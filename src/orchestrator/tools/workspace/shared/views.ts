import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { AgentId, Seen } from '../../../protocol.js';
import { copyTree } from './copy-tree.js';
import { dropFolder } from './drop-folder.js';
import type { Snapshots } from './snapshots.js';

export interface ViewsOptions {
  /** Everything is below it: a folder for each viewer. */
  readonly folder: string;
  readonly byLink: boolean;
  readonly nameOf: (agent: AgentId) => string;
}

/** What each agent sees of the others' work: `<viewer>/agentK`, read-only, of the answers that it was shown. */
export class Views {
  private readonly options: ViewsOptions;
  private readonly shown = new Map<string, string>();
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
      await this.replace(source, target);
      this.shown.set(target, source);
    }
  }

  /** Puts a folder that is the same for all beside the viewers' own. */
  async place(source: string, name: string): Promise<string> {
    const target = path.join(this.options.folder, name);
    await this.replace(source, target);
    return target;
  }

  private async replace(source: string, target: string): Promise<void> {
    this.built += 1;
    const [next, old] = ['next', 'old'].map((word) => path.join(this.options.folder, `.${word}-${this.built}`)) as [string, string];
    await copyTree(source, next, { byLink: this.options.byLink, readOnly: true });
    await mkdir(path.dirname(target), { recursive: true });
    await rename(target, old).catch(() => undefined);
    await rename(next, target);
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
