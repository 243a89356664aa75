import { chmodSync, linkSync, lstatSync, mkdirSync, symlinkSync, unlinkSync, type Stats } from 'node:fs';
import { NewFiles } from './new-files.js';
import { copyLarge, openSource, readSmall, SMALL_BYTES } from './source-file.js';
import { Tally, type Copied, type TallyOptions } from './tally.js';
import { visitTree, type TreeVisitor } from './visit-tree.js';

export interface CopyOptions extends TallyOptions {
  /** Give the same file a second name rather than copy it. For files that nobody writes to in place. */
  readonly byLink?: boolean;
  /** Take away the right to write from what is copied. */
  readonly readOnly?: boolean;
  readonly onFile?: (stats: Stats) => void;
  readonly signal?: AbortSignal | undefined;
}

class TreeCopy implements TreeVisitor {
  readonly tally: Tally;
  private readonly options: CopyOptions;
  private readonly made: NewFiles;
  private readonly buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  /** The folders around what comes next. */
  private readonly targets: string[];

  constructor(to: string, options: CopyOptions) {
    this.targets = [to];
    this.options = options;
    this.made = new NewFiles(options.readOnly === true ? 'read' : 'write');
    this.tally = new Tally(options);
  }

  private target(name: string): string {
    return `${this.targets.at(-1) ?? ''}/${name}`;
  }

  folder(name: string): void {
    if (name !== '') this.targets.push(this.target(name));
    mkdirSync(this.targets.at(-1) ?? '', { recursive: name === '' });
  }

  folderEnd(): void {
    const folder = this.targets.pop() ?? '';
    if (this.options.readOnly === true) chmodSync(folder, 0o555);
  }

  file(at: string, name: string): Promise<void> | undefined {
    const to = this.target(name);
    if (this.options.byLink === true && this.linked(at, to)) return undefined;
    const source = openSource(at, this.tally);
    if (source === undefined) return undefined;
    const { stats } = source;
    this.count(stats);
    if (stats.size > SMALL_BYTES) return copyLarge(source, at, to).then(() => this.made.settle(to, stats.mode));
    this.made.write(to, this.buffer, 0, readSmall(source, this.buffer, 0), stats.mode);
    return undefined;
  }

  link(name: string, target: string): void {
    symlinkSync(target, this.target(name));
  }

  unreadable(): void {
    this.tally.leave();
  }

  private count(stats: Stats): void {
    this.tally.add(stats.size);
    this.options.onFile?.(stats);
  }

  /** Gives the file a second name where that can be; false when it has to be copied. Looked at afterwards, so that it is the file that was looked at. */
  private linked(at: string, to: string): boolean {
    try {
      linkSync(at, to);
    } catch {
      return false;
    }
    const stats = lstatSync(to);
    stats.nlink -= 1;
    if (this.tally.takes(stats)) this.count(stats);
    else {
      unlinkSync(to);
      this.tally.leave();
    }
    return true;
  }
}

/**
 * Copies a folder with its files to a place where there is nothing yet, by second names or as clones where that can be. What `visitTree` passes
 * over stays behind. Rejects with what the file system says, and when `signal` is aborted.
 */
export async function copyTree(from: string, to: string, options: CopyOptions = {}): Promise<Copied> {
  const copy = new TreeCopy(to, options);
  await visitTree(from, copy, options.signal);
  return copy.tally.copied;
}
