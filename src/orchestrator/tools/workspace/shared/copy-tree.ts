import { constants, linkSync, lstatSync, type Dirent, type Stats } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { withFolder } from '../paths/confined.js';

/** How much of a folder is copied at most. */
export interface CopyLimits {
  readonly files: number;
  readonly bytes: number;
}

export const COPY_LIMITS: CopyLimits = { files: 100_000, bytes: 2_000_000_000 };

/** What others make anew, and what belongs to nobody else. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__', '.venv', 'venv', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.massgen', '.massgen-workspace']);
const AT_ONCE = 16;
/** A second name takes some 15 µs, which a thread of its own would double; after so many the loop goes round. */
const AT_A_STRETCH = 200;

export interface CopyOptions {
  /** Give the same file a second name rather than copy it. For files that nobody writes to in place. */
  readonly byLink?: boolean;
  /** Where a file that has not changed since is already; it gets a second name. */
  readonly earlier?: (relative: string, stats: Stats) => string | undefined;
  /** Take away the right to write from what is copied. */
  readonly readOnly?: boolean;
  /** Refuses a file that has more names than it should. */
  readonly isForeign?: (stats: Stats) => boolean;
  readonly onFile?: (relative: string, stats: Stats) => void;
  readonly limits?: CopyLimits;
}

export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** Files that stayed behind because there are too many, they are too large, or they have names elsewhere. */
  readonly left: number;
}

interface Job {
  readonly from: string;
  readonly to: string;
  readonly relative: string;
}

async function eachOf<T>(jobs: readonly T[], act: (job: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await act(job);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, jobs.length) }, worker));
}

/** Opened without following a link that took the file's place, and copied from what is open. */
async function copyContent({ from, to }: Job, readOnly: boolean, isForeign: (stats: Stats) => boolean): Promise<Stats | undefined> {
  const handle = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || isForeign(stats)) return undefined;
    const source = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : from;
    await copyFile(source, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(to, readOnly ? stats.mode & 0o555 : (stats.mode & 0o777) | 0o200);
    return stats;
  } finally {
    await handle.close();
  }
}

/** A link is copied where it leads to something in the same folder, by a relative path. */
async function copyLink(from: string, to: string, relative: string): Promise<void> {
  const target = await readlink(from);
  if (path.isAbsolute(target) || path.normalize(path.join(path.dirname(relative), target)).startsWith('..')) return;
  await symlink(target, to);
}

/** Gone meanwhile, or a link by now: what is not there is not copied. */
function whatIsGone(error: unknown): undefined {
  if (!['ENOENT', 'ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
}

class TreeCopy {
  private files = 0;
  private bytes = 0;
  private left = 0;
  private readonly options: CopyOptions;
  private readonly limits: CopyLimits;

  constructor(options: CopyOptions) {
    this.options = options;
    this.limits = options.limits ?? COPY_LIMITS;
  }

  async run(from: string, to: string): Promise<Copied> {
    await this.folder(from, to, '');
    return { files: this.files, bytes: this.bytes, left: this.left };
  }

  private async folder(from: string, to: string, relative: string): Promise<void> {
    const inside = await withFolder(from, async (folder) => {
      const entries = (await readdir(folder.self, { withFileTypes: true })).filter(({ name }) => !LEFT_OUT.has(name));
      await mkdir(to, { recursive: relative === '' });
      const jobOf = ({ name }: Dirent): Job => ({ from: folder.at(name), to: `${to}/${name}`, relative: relative === '' ? name : `${relative}/${name}` });
      await this.filesOf(entries.filter((entry) => entry.isFile()).map(jobOf));
      await eachOf(entries.filter((entry) => entry.isSymbolicLink()).map(jobOf), async (job) => await copyLink(job.from, job.to, job.relative));
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    });
    for (const name of inside) await this.folder(path.join(from, name), `${to}/${name}`, relative === '' ? name : `${relative}/${name}`);
    if (this.options.readOnly === true) await chmod(to, 0o555);
  }

  private async filesOf(jobs: readonly Job[]): Promise<void> {
    const toCopy: Job[] = [];
    for (const [index, job] of jobs.entries()) {
      if (index % AT_A_STRETCH === AT_A_STRETCH - 1) await setImmediate();
      if (!this.linked(job)) toCopy.push(job);
    }
    await eachOf(toCopy, async (job) => {
      const stats = await copyContent(job, this.options.readOnly === true, (each) => !this.takes(each)).catch(whatIsGone);
      if (stats === undefined) this.left += 1;
      else this.count(job, stats);
    });
  }

  private takes(stats: Stats): boolean {
    return stats.isFile() && this.options.isForeign?.(stats) !== true && this.files < this.limits.files && this.bytes + stats.size <= this.limits.bytes;
  }

  private count({ relative }: Job, stats: Stats): void {
    this.files += 1;
    this.bytes += stats.size;
    this.options.onFile?.(relative, stats);
  }

  /** Gives the file a second name where that may be; false when it has to be copied, if it is to be had at all. */
  private linked(job: Job): boolean {
    const { byLink = false, earlier } = this.options;
    if (!byLink && earlier === undefined) return false;
    try {
      const stats = lstatSync(job.from);
      const same = earlier?.(job.relative, stats) ?? (byLink ? job.from : undefined);
      if (same === undefined || !this.takes(stats)) return false;
      linkSync(same, job.to);
      this.count(job, stats);
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * Copies a folder with its files to a place where there is nothing yet: as a clone or by second names where that can be, so that it costs
 * little. Version control, installed packages, sockets, pipes and links that lead out stay behind. Rejects with what the file system says.
 */
export const copyTree = (from: string, to: string, options: CopyOptions = {}): Promise<Copied> => new TreeCopy(options).run(from, to);
