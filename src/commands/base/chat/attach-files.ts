import { open, readdir, stat } from 'node:fs/promises';
import { atPathsIn } from '../../ui/chat/at-paths.js';
import { absolute } from './complete.js';

export interface Attached {
  /** The question, and below it what the files say. */
  readonly task: string;
  readonly remarks: readonly string[];
}

const MOST_BYTES = 256 * 1024;
const MOST_NAMES = 200;

interface Reading {
  readonly text?: string;
  readonly remark: string;
}

async function readFolder(name: string, folder: string): Promise<Reading> {
  const names = (await readdir(folder, { withFileTypes: true })).map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`).sort();
  const shown = names.slice(0, MOST_NAMES);
  return { text: [...shown, ...(names.length > shown.length ? [`(${String(names.length - shown.length)} more)`] : [])].join('\n'), remark: `with the names in ${name}` };
}

async function readText(name: string, file: string): Promise<Reading> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > MOST_BYTES) return { remark: `${name} is larger than ${String(MOST_BYTES / 1024)} KB and is not attached` };
    const bytes = await handle.readFile();
    if (bytes.includes(0)) return { remark: `${name} is no text and is not attached` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), remark: `with ${name} (${String(bytes.length)} bytes)` };
  } finally {
    await handle.close();
  }
}

async function read(name: string, cwd: string): Promise<Reading | undefined> {
  const file = absolute(name, cwd);
  try {
    const status = await stat(file);
    if (status.isDirectory()) return await readFolder(name, file);
    return status.isFile() ? await readText(name, file) : { remark: `${name} is no file and is not attached` };
  } catch (thrown) {
    if (thrown instanceof TypeError) return { remark: `${name} is no UTF-8 text and is not attached` };
    // Not every word after an @ is a path.
    return /[./\\]/u.test(name) ? { remark: `there is no file ${name}; the question goes out as it is written` } : undefined;
  }
}

/** A question with the text of each file, and the names in each folder, that it names with `@`. Says what was attached and what was not. */
export async function attachFiles(question: string, cwd: string): Promise<Attached> {
  const readings = await Promise.all(atPathsIn(question).map(async ({ path }) => ({ path, reading: await read(path, cwd) })));
  const texts = readings.flatMap(({ path, reading }) => (reading?.text === undefined ? [] : [`--- ${path} ---\n${reading.text.trimEnd()}\n--- end of ${path} ---`]));
  return { task: [question, ...texts].join('\n\n'), remarks: readings.flatMap(({ reading }) => (reading === undefined ? [] : [reading.remark])) };
}
