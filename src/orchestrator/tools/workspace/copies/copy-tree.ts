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
  private readonly top: string;
  /** Where what comes next is copied to, and the folders around that. */
  private current = '';
  private readonly around: string[] = [];

  constructor(to: string, options: CopyOptions) {
    this.top = to;
    this.options = options;
    this.made = new NewFiles(options.readOnly === true ? 'read' : 'write');
    this.tally = new Tally(options);
  }

  folder(name: string): void {
    this.around.push(this.current);
    this.current = name === '' ? this.top : `${this.current}/${name}`;
    mkdirSync(this.current, { recursive: name === '' });
  }

  folderEnd(): void {
    if (this.options.readOnly === true) chmodSync(this.current, 0o555);
    this.current = this.around.pop() ?? '';
  }

  file(at: string, name: string): Promise<void> | undefined {
    const to = `${this.current}/${name}`;
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
    symlinkSync(target, `${this.current}/${name}`);
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
