import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__', '.venv', 'venv', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.massgen']);
const MOST = 50_000;

/** When each file below some paths was last changed. */
export type FileTimes = ReadonlyMap<string, string>;

/** Looks at files and what is in folders; of too many, at the first ones. */
export async function fileTimes(places: readonly string[]): Promise<FileTimes> {
  const times = new Map<string, string>();
  const open = [...places];
  for (let at = open.pop(); at !== undefined && times.size < MOST; at = open.pop()) {
    const stats = await lstat(at).catch(() => undefined);
    if (stats?.isFile() === true) times.set(at, `${stats.mtimeMs} ${stats.ctimeMs} ${stats.size}`);
    if (stats?.isDirectory() !== true) continue;
    const folder = at;
    const names = await readdir(folder).catch((): readonly string[] => []);
    open.push(...names.filter((name) => !LEFT_OUT.has(name)).map((name) => path.join(folder, name)));
  }
  return times;
}

const SHOWN = 20;

const few = (names: readonly string[]): string => `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;

/** What is new, changed and gone, in a sentence; undefined when nothing is. */
export function changesBetween(before: FileTimes, after: FileTimes): string | undefined {
  const parts = [
    ['new', [...after.keys()].filter((name) => !before.has(name))],
    ['changed', [...after].filter(([name, time]) => before.has(name) && before.get(name) !== time).map(([name]) => name)],
    ['deleted', [...before.keys()].filter((name) => !after.has(name))],
  ] as const;
  const told = parts.filter(([, names]) => names.length > 0).map(([word, names]) => `${word}: ${few([...names].sort())}`);
  return told.length === 0 ? undefined : told.join('; ');
}
