import { chmodSync, closeSync, constants, linkSync, mkdirSync, openSync, readSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { NewFiles } from './new-files.js';
import type { PackedFile, PackedFolder } from './packed-tree.js';
import { SMALL_BYTES } from './source-file.js';
import { Stretch } from './stretch.js';

export interface UnpackOptions {
  /** Of what the right to write is taken away. */
  readonly readOnly?: 'files' | 'all';
  /** Where an earlier state was unpacked to: what has not changed since gets a second name. */
  readonly earlier?: { readonly folder: string; readonly tree: PackedFolder } | undefined;
  readonly signal?: AbortSignal | undefined;
}

const NOTHING = Buffer.alloc(0);

interface Window {
  readonly fd: number;
  readonly bytes: Buffer;
  from: number;
  to: number;
}

/** Reads packs in parts of the size of several files, since files that follow each other are mostly kept so. */
class PackReader {
  private readonly windows = new Map<string, Window>();

  /** What holds the file, and where in it the file begins. */
  find(file: PackedFile): { readonly bytes: Buffer; readonly position: number } {
    const { pack, position, length } = file;
    const window = this.windows.get(pack);
    if (window === undefined || position < window.from || position + length > window.to) return this.load(file, window ?? this.open(pack));
    return { bytes: window.bytes, position: position - window.from };
  }

  close(): void {
    for (const { fd } of this.windows.values()) closeSync(fd);
  }

  private open(pack: string): Window {
    const window = { fd: openSync(pack, 'r'), bytes: Buffer.allocUnsafeSlow(SMALL_BYTES), from: 0, to: 0 };
    this.windows.set(pack, window);
    return window;
  }

  private load({ pack, position, length }: PackedFile, window: Window): { readonly bytes: Buffer; readonly position: number } {
    const { bytes, fd } = window;
    window.from = window.to = position;
    for (let read = 1; read > 0 && window.to - position < SMALL_BYTES; window.to += read) read = readSync(fd, bytes, window.to - position, SMALL_BYTES - (window.to - position), window.to);
    if (window.to < position + length) throw new Error(`${pack} has been cut off`);
    return { bytes, position: 0 };
  }
}

class TreeUnpack {
  private readonly options: UnpackOptions;
  private readonly reader: PackReader;
  private readonly stretch: Stretch;
  private readonly made: NewFiles;

  constructor(options: UnpackOptions, reader: PackReader) {
    this.options = options;
    this.reader = reader;
    this.stretch = new Stretch(options.signal);
    this.made = new NewFiles(options.readOnly === undefined ? 'write' : 'read');
  }

  async folder(tree: PackedFolder, to: string, earlier: UnpackOptions['earlier']): Promise<void> {
    for (const [name, file] of tree.files) {
      if (this.stretch.isOver) await this.stretch.pause();
      const at = `${to}/${name}`;
      if (earlier?.tree.files.get(name) === file && this.linked(`${earlier.folder}/${name}`, at)) continue;
      if (file.length > SMALL_BYTES) await this.large(file, at);
      else this.small(file, at);
    }
    for (const [name, target] of tree.links) symlinkSync(target, `${to}/${name}`);
    for (const [name, inside] of tree.folders) {
      mkdirSync(`${to}/${name}`);
      const before = earlier?.tree.folders.get(name);
      await this.folder(inside, `${to}/${name}`, earlier === undefined || before === undefined ? undefined : { folder: `${earlier.folder}/${name}`, tree: before });
    }
    if (this.options.readOnly === 'all') chmodSync(to, 0o555);
  }

  private small(file: PackedFile, at: string): void {
    const { bytes, position } = file.length === 0 ? { bytes: NOTHING, position: 0 } : this.reader.find(file);
    this.made.write(at, bytes, position, file.length, file.mode);
  }

  private async large(file: PackedFile, at: string): Promise<void> {
    await copyFile(file.pack, at, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    this.made.settle(at, file.mode);
  }

  private linked(same: string, at: string): boolean {
    try {
      linkSync(same, at);
      return true;
    } catch {
      return false;
    }
  }
}

/** Makes a folder with the files that were packed, where there is nothing yet. Rejects with what the file system says, and when `signal` is aborted. */
export async function unpackTree(tree: PackedFolder, to: string, options: UnpackOptions = {}): Promise<void> {
  const reader = new PackReader();
  try {
    mkdirSync(to, { recursive: true });
    await new TreeUnpack(options, reader).folder(tree, to, options.earlier);
  } finally {
    reader.close();
  }
}
