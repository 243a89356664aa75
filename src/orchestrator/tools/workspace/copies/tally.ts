import type { Stats } from 'node:fs';
import type { Count } from './source-file.js';

/** How much of a folder is copied at most. */
export interface CopyLimits {
  readonly files: number;
  readonly bytes: number;
}

const COPY_LIMITS: CopyLimits = { files: 100_000, bytes: 2_000_000_000 };

export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** Files that stayed behind because there are too many, they are too large, they have names elsewhere, or nobody may read them. */
  readonly left: number;
}

export interface TallyOptions {
  readonly limits?: CopyLimits | undefined;
  /** Refuses a file that has more names than it should. */
  readonly isForeign?: ((stats: Stats) => boolean) | undefined;
}

/** What has been copied, and whether there is room for more. */
export class Tally implements Count {
  private files = 0;
  private bytes = 0;
  private left = 0;
  private readonly limits: CopyLimits;
  private readonly isForeign: ((stats: Stats) => boolean) | undefined;

  constructor({ limits = COPY_LIMITS, isForeign }: TallyOptions) {
    this.limits = limits;
    this.isForeign = isForeign;
  }

  readonly takes = (stats: Stats): boolean => stats.isFile() && this.isForeign?.(stats) !== true && this.files < this.limits.files && this.bytes + stats.size <= this.limits.bytes;

  readonly leave = (): void => {
    this.left += 1;
  };

  add(bytes: number): void {
    this.files += 1;
    this.bytes += bytes;
  }

  get copied(): Copied {
    return { files: this.files, bytes: this.bytes, left: this.left };
  }
}
