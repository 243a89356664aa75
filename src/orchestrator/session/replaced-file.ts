import { rename, renameSync, writeFileSync } from 'node:fs';

/** A file that is replaced as a whole: whoever reads it sees the old text or the new one. */
export interface ReplacedFile {
  /** Resolves when this text, or a later one, is in its place; rejects when it cannot be put there. */
  readonly replace: (text: string) => Promise<void>;
}

/**
 * Writes a temporary file beside it and renames that. Renaming over a file makes some file systems write its data out first (ext4 does),
 * which takes long enough to be done in the background, one at a time; of several texts that wait only the newest is written.
 */
export function createReplacedFile(file: string): ReplacedFile {
  const temporary = `${file}.tmp`;
  let isThere = false;
  let waiting: string | null = null;
  let running: Promise<void> | null = null;

  const swap = (text: string): Promise<void> => {
    writeFileSync(temporary, text);
    if (isThere) {
      return new Promise((resolve, reject) => {
        rename(temporary, file, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    }
    renameSync(temporary, file);
    isThere = true;
    return Promise.resolve();
  };
  const drain = async (): Promise<void> => {
    try {
      while (waiting !== null) {
        const text = waiting;
        waiting = null;
        await swap(text);
      }
    } finally {
      running = null;
    }
  };
  return {
    replace: (text) => {
      waiting = text;
      running ??= drain();
      return running;
    },
  };
}
