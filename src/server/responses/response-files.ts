import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isResponseId, type ResponseRecord } from './response-record.js';

/** What one owner may keep; what was used longest ago goes first. */
export interface KeepLimits {
  readonly count: number;
  readonly bytes: number;
  readonly days: number;
}

const KEEP_LIMITS: KeepLimits = { count: 1000, bytes: 256 * 1024 * 1024, days: 30 };

const DAY_MS = 24 * 60 * 60 * 1000;

interface Kept {
  readonly bytes: number;
  readonly used: number;
}

/** Records of responses as files, `<folder>/<owner>/<id>.json`, which anybody may delete at any time. */
export interface ResponseFiles {
  /** Undefined for one that is not there or cannot be read; having been asked for it stays longer. */
  readonly read: (owner: string, id: string) => Promise<ResponseRecord | undefined>;
  readonly write: (owner: string, record: ResponseRecord) => Promise<void>;
  /** Whether it was there. */
  readonly remove: (owner: string, id: string) => Promise<boolean>;
}

const folderNameOf = (owner: string): string => owner.replaceAll(/[^a-z0-9]/giu, '-');

const isRecord = (value: unknown, id: string): value is ResponseRecord => {
  const { version, id: own, said, input, echo } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  return version === 1 && own === id && Array.isArray(said) && Array.isArray(input) && typeof echo === 'object' && echo !== null;
};

async function scan(folder: string): Promise<Map<string, Kept>> {
  const names = await readdir(folder).catch(() => []);
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)).filter(isResponseId);
  const found = await Promise.all(ids.map(async (id) => [id, await stat(path.join(folder, `${id}.json`)).catch(() => undefined)] as const));
  const kept = found.flatMap(([id, stats]) => (stats === undefined ? [] : [[id, { bytes: stats.size, used: stats.mtimeMs }] as const]));
  return new Map(kept.sort(([, one], [, other]) => one.used - other.used));
}

/** Which have to go, the longest unused first. `kept` is in that order. */
export function overdue(kept: ReadonlyMap<string, Kept>, { count, bytes, days }: KeepLimits, now: number): readonly string[] {
  let left = kept.size;
  let size = [...kept.values()].reduce((sum, each) => sum + each.bytes, 0);
  const gone: string[] = [];
  for (const [id, each] of kept) {
    if (left <= count && size <= bytes && each.used > now - days * DAY_MS) break;
    gone.push(id);
    left -= 1;
    size -= each.bytes;
  }
  return gone;
}

export function createResponseFiles(root: string, now: () => number, limits: KeepLimits = KEEP_LIMITS): ResponseFiles {
  const shelves = new Map<string, Promise<Map<string, Kept>>>();
  const folderOf = (owner: string): string => path.join(root, folderNameOf(owner));
  const fileOf = (owner: string, id: string): string => path.join(folderOf(owner), `${id}.json`);
  const shelfOf = (owner: string): Promise<Map<string, Kept>> => {
    const shelf = shelves.get(owner) ?? scan(folderOf(owner));
    shelves.set(owner, shelf);
    return shelf;
  };
  const put = (shelf: Map<string, Kept>, id: string, kept: Kept): void => {
    shelf.delete(id);
    shelf.set(id, kept);
  };
  const prune = async (owner: string): Promise<void> => {
    const shelf = await shelfOf(owner);
    const ids = overdue(shelf, limits, now());
    for (const id of ids) shelf.delete(id);
    await Promise.all(ids.map((id) => rm(fileOf(owner, id), { force: true })));
  };
  return {
    read: async (owner, id) => {
      if (!isResponseId(id)) return undefined;
      const file = fileOf(owner, id);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const value: unknown = await Promise.resolve(text).then(JSON.parse).catch(() => undefined);
      if (!isRecord(value, id)) return undefined;
      const used = now();
      put(await shelfOf(owner), id, { bytes: Buffer.byteLength(text), used });
      await utimes(file, used / 1000, used / 1000).catch(() => undefined);
      return value;
    },
    write: async (owner, record) => {
      const text = JSON.stringify(record);
      const file = fileOf(owner, record.id);
      await mkdir(folderOf(owner), { recursive: true, mode: 0o700 });
      const shelf = await shelfOf(owner);
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
      put(shelf, record.id, { bytes: Buffer.byteLength(text), used: now() });
      await prune(owner);
    },
    remove: async (owner, id) => {
      if (!isResponseId(id)) return false;
      (await shelfOf(owner)).delete(id);
      return rm(fileOf(owner, id)).then(() => true, () => false);
    },
  };
}
