import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { foreignPlace } from './foreign/places.js';
import { sessionNames } from './list-sessions.js';
import { summariseSession } from './summarise-session.js';
import { isSessionName, timeOfName, turnNumbers } from './turn-places.js';

export interface PruneOptions {
  /** Sessions whose newest turn began before this time (ms) go; without it all do that are not kept. */
  readonly before?: number;
  /** This many newest sessions stay whatever their age. */
  readonly keep?: number;
  readonly dryRun?: boolean;
}

export interface PruneReport {
  readonly dry_run: boolean;
  readonly root: string;
  /** Deleted, or in a dry run what would be. */
  readonly deleted: readonly { readonly id: string; readonly bytes: number }[];
  readonly bytes: number;
  readonly kept: number;
  /** What should go and stays, with the reason; `failed` is what could not be deleted. */
  readonly skipped: readonly { readonly id: string; readonly reason: string; readonly failed: boolean }[];
}

/** What was being deleted when a process died. */
const REMAINS = /^\.pruned_[0-9a-f]{16}$/u;

/** Bytes of a tree's own files; links count as links, wherever they lead. */
async function sizeOf(place: string): Promise<number> {
  const status = await lstat(place);
  if (!status.isDirectory()) return status.size;
  const names = await readdir(place).catch(() => []);
  let sum = 0;
  for (const name of names) sum += await sizeOf(path.join(place, name)).catch(() => 0);
  return sum;
}

/** When a session, or its newest turn, began: files' own times change with every copy. */
const lastBegun = (name: string, started: string | null): number => Math.max(started === null ? 0 : Date.parse(started), timeOfName(name)?.getTime() ?? 0);

/** Takes a directory out of the way under a name of its own, and only then deletes it: what is deleted is what was looked at, and whoever reads it sees all of it or nothing. */
async function remove(root: string, name: string): Promise<void> {
  const aside = path.join(root, `.pruned_${randomBytes(8).toString('hex')}`);
  await rename(path.join(root, name), aside);
  const status = await lstat(aside);
  if (!status.isDirectory()) {
    await rename(aside, path.join(root, name));
    throw new Error('it is no directory any more');
  }
  // Links inside are removed, never followed.
  await rm(aside, { recursive: true, force: true });
}

type Verdict = 'delete' | 'keep' | { readonly reason: string };

/** Whether a session is to go, or what stands against it. */
async function judge(directory: string, { before }: PruneOptions): Promise<Verdict> {
  const name = path.basename(directory);
  const found = await summariseSession(name, directory, Date.now());
  const newest = found?.summary.turns.at(-1);
  if (before !== undefined && lastBegun(name, newest?.started_at ?? null) >= before) return 'keep';
  if (found?.summary.turns.some(({ status }) => status === 'running') === true) return { reason: 'it is running' };
  const isEmpty = (await readdir(directory)).length === 0;
  const isOurs = isEmpty || turnNumbers(directory).length > 0 || foreignPlace(directory) !== undefined;
  return isOurs ? 'delete' : { reason: 'it holds something else than a session' };
}

/** What has the name of a session: directories, and what stands in the place of one. */
async function candidates(root: string): Promise<{ readonly directories: readonly string[]; readonly links: readonly string[] }> {
  const entries = await Promise.all((await sessionNames(root)).filter(isSessionName).map(async (name) => ({ name, status: await lstat(path.join(root, name)) })));
  const names = (is: (status: Stats) => boolean): readonly string[] => entries.filter(({ status }) => is(status)).map(({ name }) => name);
  return { directories: names((status) => status.isDirectory()), links: names((status) => status.isSymbolicLink()) };
}

/**
 * Deletes old sessions below a log root: only real directories directly in it whose name is a session's, never one that runs,
 * never through a symbolic link. Rejects when the root cannot be read; a session that cannot be deleted is in `skipped`.
 */
export async function pruneSessions(logRoot: string, options: PruneOptions): Promise<PruneReport> {
  const root = await realpath(logRoot);
  const dryRun = options.dryRun === true;
  const { directories, links } = await candidates(root);
  const deleted: { id: string; bytes: number }[] = [];
  const skipped = links.map((id) => ({ id, reason: 'it is a symbolic link', failed: false }));
  for (const name of directories.slice(options.keep ?? 0)) {
    try {
      const verdict = await judge(path.join(root, name), options);
      if (verdict === 'keep') continue;
      if (verdict === 'delete') {
        const bytes = await sizeOf(path.join(root, name));
        if (!dryRun) await remove(root, name);
        deleted.push({ id: name, bytes });
      } else skipped.push({ id: name, reason: verdict.reason, failed: false });
    } catch (thrown) {
      skipped.push({ id: name, reason: thrown instanceof Error ? thrown.message : String(thrown), failed: true });
    }
  }
  if (!dryRun) await removeRemains(root);
  return { dry_run: dryRun, root, deleted, bytes: deleted.reduce((sum, { bytes }) => sum + bytes, 0), kept: directories.length - deleted.length, skipped };
}

async function removeRemains(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((each) => REMAINS.test(each))) {
    const place = path.join(root, name);
    if ((await lstat(place)).isDirectory()) await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}
