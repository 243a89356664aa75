import type { Stats } from 'node:fs';

/** A file as it was when it was packed. */
export interface PackedFile {
  /** With the size and the times, what the file was known by: when all are the same, it is the same. NaN, which nothing is the same as, where it may change and look the same. */
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly mode: number;
  /** What holds its content: `length` bytes from `position`. */
  readonly pack: string;
  readonly position: number;
  readonly length: number;
}

/** A folder as it was, by name; the content of its files is in packs. */
export interface PackedFolder {
  readonly files: Map<string, PackedFile>;
  readonly folders: Map<string, PackedFolder>;
  readonly links: Map<string, string>;
}

export const emptyPackedFolder = (): PackedFolder => ({ files: new Map(), folders: new Map(), links: new Map() });

/** Whether a file is still what was packed. */
export const isSame = (file: PackedFile, stats: Stats): boolean => file.ino === stats.ino && file.size === stats.size && file.mtimeMs === stats.mtimeMs && file.ctimeMs === stats.ctimeMs;
