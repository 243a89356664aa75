import { closeSync, lstatSync, mkdirSync, openSync, write, writeSync, type Stats } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { emptyPackedFolder, isSame, type PackedFile, type PackedFolder } from './packed-tree.js';
import { copyLarge, openSource, readSmall, SMALL_BYTES, type SourceFile } from './source-file.js';
import { Tally, type Copied, type TallyOptions } from './tally.js';
import { visitTree, type TreeVisitor } from './visit-tree.js';

/** Clocks of file systems stand still for some ms: what changed just before may change again and look the same. */
const SETTLED_MS = 50;
const MAY_BE_GONE = { throwIfNoEntry: false } as const;
/** What the system takes without making the writer wait for a disk; more is not written within a stretch. */
const CACHED_BYTES = 64 * 1024 * 1024;
const BUFFER_BYTES = 2 * SMALL_BYTES;

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
  private fd: number | undefined;

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
    if (this.buffered > 0) await this.flush();
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
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
    await copyLarge(source, at, own, () => this.begin());
  }

  private begin(): number {
    if (this.fd !== undefined) return this.fd;
    mkdirSync(this.store, { recursive: true });
    return (this.fd = openSync(this.pack, 'wx', 0o600));
  }

  private flush(): Promise<void> | undefined {
    const [fd, length] = [this.begin(), this.buffered];
    this.written += length;
    this.buffered = 0;
    if (this.written > CACHED_BYTES) return writeLater(fd, this.buffer, length);
    for (let sent = 0; sent < length; ) sent += writeSync(fd, this.buffer, sent, length - sent);
    return undefined;
  }
}

const writeSome = promisify(write);

async function writeLater(fd: number, bytes: Uint8Array, length: number): Promise<void> {
  for (let sent = 0; sent < length; ) sent += (await writeSome(fd, bytes, sent, length - sent)).bytesWritten;
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
    pack.close();
  }
  return { tree: pack.tree, copied: pack.tally.copied };
}
