import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { makeFolders } from '../make-folders.js';
import type { TurnSummary } from './report.js';
import type { FoundSession } from './summarise-session.js';
import { turnDirectory } from './turn-places.js';

/** Where caches are kept: `XDG_CACHE_HOME`, `LOCALAPPDATA`, or `.cache` in the home directory. */
function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return path.join([env['XDG_CACHE_HOME'], env['LOCALAPPDATA']].find((folder) => folder !== undefined && path.isAbsolute(folder)) ?? path.join(homedir(), '.cache'), 'massgen');
}

/** The file of a log root's index. */
const indexFile = (root: string, folder: string): string => path.join(folder, `list_${createHash('sha256').update(root).digest('hex').slice(0, 16)}.jsonl`);

const HEADER = JSON.stringify({ type: 'list-index', version: 1 });

type Marks = NonNullable<FoundSession['marks']>;

type Entry = readonly [name: string, marks: Marks, turns: readonly TurnSummary[]];

export interface ListIndex {
  /** The turns of a session as they were read once, if nothing has changed since. */
  readonly get: (name: string) => readonly TurnSummary[] | undefined;
  /** Takes note of what was read. */
  readonly put: (session: FoundSession) => void;
  /** Stores what was got and put, if it is worth it; quietly does nothing where that is not possible. */
  readonly save: () => void;
}

/** Whether a session's files are as they were when its summary was made. */
function isUnchanged(directory: string, turns: readonly TurnSummary[], [changed, ...marks]: Marks): boolean {
  try {
    if (statSync(directory).mtimeMs !== changed) return false;
    return turns.every(({ turn }, index) => {
      const { mtimeMs, size } = statSync(`${turnDirectory(directory, turn)}${path.sep}events.jsonl`);
      return mtimeMs === marks[2 * index] && size === marks[2 * index + 1];
    });
  } catch {
    return false;
  }
}

/** The file is the user's own and whole or not there, so that a line that parses is one that was written. */
function parseEntry(line: string | undefined): Entry | undefined {
  try {
    // A failure to parse is dear, and in a new index all would fail.
    const entry = line === undefined ? undefined : (JSON.parse(line) as Partial<Entry>);
    return Array.isArray(entry?.[1]) && Array.isArray(entry[2]) ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

/** The lines of the index by the name that each begins with; they are parsed when they are asked for. */
function load(file: string): ReadonlyMap<string, string> {
  try {
    const [header, ...lines] = readFileSync(file, 'utf8').split('\n');
    return new Map(header === HEADER ? lines.filter((line) => line.startsWith('["')).map((line) => [line.slice(2, line.indexOf('"', 2)), line]) : []);
  } catch {
    return new Map();
  }
}

/** So many new entries are worth writing the file for. */
const WORTH = 200;

function quietly(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/** The index of an absolute log root. Nothing depends on it: without it, or with a broken one, sessions are read and it is written anew. */
export function openListIndex(root: string, folder = cacheFolder()): ListIndex {
  const file = indexFile(root, folder);
  const known = load(file);
  const lines: string[] = [];
  let fresh = 0;
  return {
    get: (name) => {
      const line = known.get(name);
      const entry = parseEntry(line);
      if (line === undefined || entry === undefined) return undefined;
      const [, marks, turns] = entry;
      const directory = `${root}${path.sep}${name}`;
      if (!isUnchanged(directory, turns, marks)) return undefined;
      lines.push(line);
      return turns;
    },
    put: ({ summary: { id, turns }, marks }) => {
      if (marks === undefined || marks.length < 3) return;
      lines.push(JSON.stringify([id, marks, turns]));
      fresh += 1;
    },
    save: () => {
      if (fresh < WORTH && fresh < known.size) return;
      const aside = `${file}.${String(process.pid)}.tmp`;
      const isStored = quietly(() => {
        makeFolders(folder, 0o700);
        writeFileSync(aside, `${[HEADER, ...lines].join('\n')}\n`, { mode: 0o600 });
        renameSync(aside, file);
      });
      if (!isStored) quietly(() => rmSync(aside, { force: true }));
    },
  };
}
