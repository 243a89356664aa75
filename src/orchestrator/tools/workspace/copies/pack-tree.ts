import { lstatSync, type Stats } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { emptyPackedFolder, isSame, type PackedFile, type PackedFolder } from './packed-tree.js';
import { copyLarge, openSource, readSmall, SMALL_BYTES, type SourceFile } from './source-file.js';
import { Tally, type Copied, type TallyOptions } from './tally.js';
import { visitTree, type TreeVisitor } from './visit-tree.js';

/** Clocks of file systems stand still for some ms: what changed just before may change again and look the same. */
const SETTLED_MS = 50;
const MAY_BE_GONE = { throwIfNoEntry: false } as const;
const BUFFER_BYTES = 4 * SMALL_BYTES;

export interface PackOptions extends TallyOptions {
  /** The tree as it was packed before: what has not changed since is not read again. */
  readonly before?: PackedFolder | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Packed {
  readonly tree: PackedFolder;
  readonly copied: Copied;
}

interface Open {
  readonly folder: PackedFolder;
  readonly before: PackedFolder | undefined;
}

class TreePack implements TreeVisitor {
  readonly tally: Tally;
  readonly tree = emptyPackedFolder();
  private readonly store: string;
  private readonly pack: string;
  private readonly before: PackedFolder | undefined;
  private readonly settledBefore = Date.now() - SETTLED_MS;
  private readonly open: Open[] = [];
  private readonly buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  private buffered = 0;
  private written = 0;
  private large = 0;
  private handle: FileHandle | undefined;

  constructor(store: string, { before, ...options }: PackOptions) {
    this.store = store;
    this.pack = path.join(store, 'small');
    this.before = before;
    this.tally = new Tally(options);
  }

  folder(name: string): void {
    const around = this.open.at(-1);
    const folder = around === undefined ? this.tree : emptyPackedFolder();
    around?.folder.folders.set(name, folder);
    this.open.push({ folder, before: around === undefined ? this.before : around.before?.folders.get(name) });
  }

  folderEnd(): void {
    this.open.pop();
  }

  file(at: string, name: string, real: string): Promise<void> | undefined {
    const around = this.open.at(-1);
    if (around === undefined) return undefined;
    const { folder, before } = around;
    const known = before?.files.get(name);
    if (known !== undefined && this.isKept(`${real}/${name}`, known)) {
      folder.files.set(name, known);
      this.tally.add(known.size);
      return undefined;
    }
    const source = openSource(at, this.tally);
    if (source === undefined) return undefined;
    const { stats } = source;
    this.tally.add(stats.size);
    if (stats.size > SMALL_BYTES) return this.keepLarge(source, at, name, folder);
    const length = readSmall(source, this.buffer, this.buffered);
    folder.files.set(name, this.packed(stats, this.pack, this.written + this.buffered, length));
    this.buffered += length;
    return this.buffered > BUFFER_BYTES - SMALL_BYTES ? this.flush() : undefined;
  }

  link(name: string, target: string): void {
    this.open.at(-1)?.folder.links.set(name, target);
  }

  unreadable(): void {
    this.tally.leave();
  }

  async end(): Promise<void> {
    await this.flush();
    await this.close();
  }

  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }

  /** By its path, which is safe: another file that comes in its way is not the same, and what the same one leads to is what was packed before. */
  private isKept(at: string, known: PackedFile): boolean {
    try {
      const stats = lstatSync(at, MAY_BE_GONE);
      return stats !== undefined && isSame(known, stats) && this.tally.takes(stats);
    } catch {
      return false;
    }
  }

  private packed({ ino, size, mtimeMs, ctimeMs, mode }: Stats, pack: string, position: number, length: number): PackedFile {
    return { ino, size, mtimeMs, ctimeMs: ctimeMs < this.settledBefore ? ctimeMs : Number.NaN, mode, pack, position, length };
  }

  private async keepLarge(source: SourceFile, at: string, name: string, folder: PackedFolder): Promise<void> {
    const own = `${this.pack}-${(this.large += 1)}`;
    folder.files.set(name, this.packed(source.stats, own, 0, source.stats.size));
    // A folder that cannot be made is said by the copy.
    if (this.handle === undefined) await this.begin().catch(() => undefined);
    await copyLarge(source, at, own);
  }

  private async begin(): Promise<FileHandle> {
    if (this.handle !== undefined) return this.handle;
    await mkdir(this.store, { recursive: true });
    this.handle = await open(this.pack, 'wx', 0o600);
    return this.handle;
  }

  /** Not within a stretch: a disk that is busy makes a writer wait. */
  private async flush(): Promise<void> {
    if (this.buffered === 0) return;
    const handle = await this.begin();
    for (let sent = 0; sent < this.buffered; ) sent += (await handle.write(this.buffer, sent, this.buffered - sent)).bytesWritten;
    this.written += this.buffered;
    this.buffered = 0;
  }
}

/**
 * Keeps what is in a folder in a few files of a folder that is not there yet: to make a file takes most of the time of copying one.
 * What `visitTree` passes over stays behind. Rejects with what the file system says, and when `signal` is aborted.
 */
export async function packTree(from: string, store: string, options: PackOptions = {}): Promise<Packed> {
  const pack = new TreePack(store, options);
  try {
    await visitTree(from, pack, options.signal);
    await pack.end();
  } finally {
    await pack.close();
  }
  return { tree: pack.tree, copied: pack.tally.copied };
}
