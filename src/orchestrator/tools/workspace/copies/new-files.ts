import { chmodSync, closeSync, fchmodSync, fstatSync, openSync, writeSync } from 'node:fs';

/** The rights of a copy: those of its source, or those without or with that to write. */
export type Rights = 'same' | 'read' | 'write';

/** Makes files with rights of their own in a folder that is being made. */
export class NewFiles {
  private readonly rights: Rights;
  /** Whether a file made with some rights has others then, as the process's umask or the folder's rules want it. */
  private readonly differs = new Map<number, boolean>();

  constructor(rights: Rights) {
    this.rights = rights;
  }

  write(to: string, bytes: Uint8Array, position: number, length: number, sourceMode: number): void {
    const mode = this.modeOf(sourceMode);
    const fd = openSync(to, 'wx', mode);
    try {
      for (let written = 0; written < length; ) written += writeSync(fd, bytes, position + written, length - written);
      let differs = this.differs.get(mode);
      if (differs === undefined) this.differs.set(mode, (differs = (fstatSync(fd).mode & 0o777) !== mode));
      if (differs) fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  }

  /** Gives a file that somebody else has made its rights. */
  settle(to: string, sourceMode: number): void {
    chmodSync(to, this.modeOf(sourceMode));
  }

  private modeOf(sourceMode: number): number {
    if (this.rights === 'read') return sourceMode & 0o555;
    return this.rights === 'same' ? sourceMode & 0o777 : (sourceMode & 0o777) | 0o200;
  }
}
