import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What was written at the prompt before, in all conversations of this user. */
export interface ChatHistory {
  /** Oldest first. */
  readonly all: () => readonly string[];
  /** Keeps a line, unless it repeats the one before. What cannot be written is only known until the end. */
  readonly add: (line: string) => void;
}

const KEPT = 1000;
/** A longer one is a document; nobody looks for it the next time. */
const LONGEST = 20_000;

/** A line that was not written to its end, on a disk that was full, costs itself only. */
function lineOf(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? [value] : [];
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const text = (lines: readonly string[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** The file as a list of at most so many lines, put in place in one step. */
function shorten(file: string, lines: readonly string[]): void {
  const aside = `${file}.${String(process.pid)}.tmp`;
  writeFileSync(aside, text(lines), { mode: 0o600 });
  renameSync(aside, file);
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // A disk that is full or read-only is no reason to stop talking.
  }
}

/** History in a file that only its user may read: one JSON string a line, the newest thousand. */
export function openHistory(file: string): ChatHistory {
  const found = read(file);
  const before = found.split('\n').flatMap(lineOf);
  let end = found === '' || found.endsWith('\n') ? '' : '\n';
  let lines = before.slice(-KEPT);
  if (before.length > 2 * KEPT) {
    quietly(() => {
      shorten(file, lines);
      end = '';
    });
  }
  return {
    all: () => lines,
    add: (line) => {
      if (line.trim() === '' || lines.at(-1) === line) return;
      lines = [...lines, line].slice(-KEPT);
      if (line.length > LONGEST) return;
      quietly(() => {
        mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
        appendFileSync(file, end + text([line]), { mode: 0o600 });
        end = '';
        chmodSync(file, 0o600);
      });
    },
  };
}
