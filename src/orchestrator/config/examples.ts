import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MassgenError } from '../../errors.js';
import { joinWords } from './sentences.js';
import { closest } from './nearest.js';

export interface Example {
  /** As it is written after `@examples/`. */
  readonly name: string;
  readonly file: string;
  /** What it shows: the first line of its opening comment. */
  readonly summary: string;
}

const suffix = /\.(ya?ml|json)$/i;
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-/\\_]/g, '_');

function summaryOf(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('#') && !line.includes('yaml-language-server'));
  return lines[0]?.replace(/^#\s*/, '') ?? '';
}

async function exampleFiles(folder: string): Promise<readonly { readonly name: string; readonly file: string }[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new MassgenError('config-missing', `cannot read the examples folder ${folder}`, { cause: error });
  });
  return entries
    .filter((entry) => suffix.test(entry))
    .map((entry) => ({ name: entry.split(path.sep).join('/').replace(suffix, ''), file: path.join(folder, entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The names of the examples in a folder; none where it cannot be read. */
export const listedExamples = (folder: string): Promise<readonly string[]> => exampleFiles(folder).then((files) => files.map(({ name }) => name), () => []);

/** Every example in a folder, by name. */
export async function listExamples(folder: string): Promise<readonly Example[]> {
  const files = await exampleFiles(folder);
  return Promise.all(files.map(async ({ name, file }) => ({ name, file, summary: summaryOf(await readFile(file, 'utf8')) })));
}

/**
 * The names that one written by hand means: the exact path, else the exact last part, else with `_`, `-` and `/`
 * taken for each other, else the end of a name. More than one name means that it is ambiguous.
 */
export function matchExample(written: string, names: readonly string[]): readonly string[] {
  const name = written.replace(suffix, '');
  if (name === '') return [];
  const rules = [
    (other: string) => other === name,
    (other: string) => other.split('/').at(-1) === name,
    (other: string) => plain(other) === plain(name),
    (other: string) => plain(other).endsWith(`_${plain(name)}`),
  ];
  for (const rule of rules) {
    const found = names.filter(rule);
    if (found.length > 0) return found;
  }
  return [];
}

/** The file behind `@examples/NAME`. Fails with `config-missing`, naming the candidates or the nearest names. */
export async function findExample(name: string, folder: string): Promise<string> {
  const files = await exampleFiles(folder);
  const names = files.map((example) => example.name);
  const found = matchExample(name, names);
  if (found.length > 1) throw new MassgenError('config-missing', `"@examples/${name}" could be ${joinWords(found.map((other) => `@examples/${other}`))}; write one of them`);
  const file = files.find((example) => example.name === found[0])?.file;
  if (file !== undefined) return file;
  if (name.replace(suffix, '') === '') throw new MassgenError('config-missing', 'say which example, as @examples/NAME; "massgen config examples" lists them');
  const near = closest(name.replace(suffix, ''), names, 3);
  const hint = near.length === 0 ? 'there are no examples here' : `did you mean ${joinWords(near.map((other) => `@examples/${other}`))}?`;
  throw new MassgenError('config-missing', `there is no example "${name}"; ${hint}`);
}
