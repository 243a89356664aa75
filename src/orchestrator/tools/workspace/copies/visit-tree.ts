import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { AccessDenied } from '../paths/access-denied.js';
import { openFolder, type HeldFolder } from '../paths/open-folder.js';
import { isGone, isUnreadable } from './source-file.js';
import { Stretch } from './stretch.js';

/** What others make anew, and what belongs to nobody else. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__', '.venv', 'venv', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.massgen', '.massgen-workspace']);

/** Is told what is in a folder, folder by folder. What it throws ends the visit. */
export interface TreeVisitor {
  /** A folder; what follows is in it, until its end. The first has no name. */
  readonly folder: (name: string) => void;
  readonly folderEnd: () => void;
  /** `at` names the file, whatever happens to its path, until this returns and what it returns is settled. The path of its folder may lead elsewhere by now, but names are found sooner there. */
  readonly file: (at: string, name: string, folder: string) => Promise<void> | undefined;
  /** A link to something in the same tree, by a relative path. */
  readonly link: (name: string, target: string) => void;
  /** Something that may not be read. */
  readonly unreadable: () => void;
}

class TreeVisit {
  private readonly visitor: TreeVisitor;
  private readonly stretch: Stretch;

  constructor(visitor: TreeVisitor, signal: AbortSignal | undefined) {
    this.visitor = visitor;
    this.stretch = new Stretch(signal);
  }

  async folder(real: string, relative: string, name: string): Promise<void> {
    const held = relative === '' ? openFolder(real) : this.openInside(real);
    if (held === undefined) return;
    this.visitor.folder(name);
    const inside = await this.entriesOf(held, real, relative).finally(held.close);
    for (const each of inside) await this.folder(path.join(real, each), relative === '' ? each : `${relative}/${each}`, each);
    this.visitor.folderEnd();
  }

  /** A folder that is gone meanwhile, or something else by now, is not there. */
  private openInside(real: string): HeldFolder | undefined {
    try {
      return openFolder(real);
    } catch (error) {
      if (isUnreadable(error)) this.visitor.unreadable();
      else if (!(error instanceof AccessDenied) && !isGone(error)) throw error;
      return undefined;
    }
  }

  private async entriesOf(held: HeldFolder, real: string, relative: string): Promise<readonly string[]> {
    const folders: string[] = [];
    for (const entry of readdirSync(held.self, { withFileTypes: true })) {
      const { name } = entry;
      if (LEFT_OUT.has(name)) continue;
      if (entry.isFile()) {
        const slow = this.visitor.file(held.at(name), name, real);
        if (slow !== undefined) await slow;
      } else if (entry.isDirectory()) folders.push(name);
      else if (entry.isSymbolicLink()) this.link(held, name, relative);
      if (this.stretch.isOver) await this.stretch.pause();
    }
    return folders;
  }

  private link(held: HeldFolder, name: string, relative: string): void {
    let target: string;
    try {
      target = readlinkSync(held.at(name));
    } catch (error) {
      // EINVAL: no link any more.
      if (isGone(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return;
      throw error;
    }
    if (path.isAbsolute(target) || path.normalize(path.join(relative, target)).startsWith('..')) return;
    this.visitor.link(name, target);
  }
}

/**
 * Goes through a folder in stretches of some milliseconds and follows no link, not even one that takes a folder's place meanwhile.
 * Version control, installed packages, sockets, pipes, devices and links that lead out are passed over.
 */
export const visitTree = (real: string, visitor: TreeVisitor, signal?: AbortSignal): Promise<void> => new TreeVisit(visitor, signal).folder(real, '', '');
