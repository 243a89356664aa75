import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findExample, listExamples, type Example } from '../orchestrator/config/examples.js';
import { packageRoot } from '../orchestrator/config/package-root.js';
import { placesWith, type Places } from '../orchestrator/config/places.js';

/** The configurations that come with the package, by name. */
export function allExamples(places: Partial<Places> = {}): Promise<readonly Example[]> {
  return listExamples(placesWith(places).examples);
}

/** The file of the JSON Schema of the configuration language. */
export const schemaFile = (): string => path.join(packageRoot(), 'massgen.schema.json');

/** How an editor is told of the schema in a file; relative where the package lies in the file's project, so that it is true for others too. */
export function schemaReference(file?: string): string {
  const relative = file === undefined ? '..' : path.relative(path.dirname(file), schemaFile());
  const reference = relative.startsWith('..') && !relative.includes('node_modules') ? schemaFile() : relative.split(path.sep).join('/');
  return /\s/.test(reference) ? pathToFileURL(schemaFile()).href : reference;
}

/** The text of an example, named with or without `@examples/`, that an editor understands in `file`, or anywhere on this machine. Fails with `config-missing`. */
export async function exampleText(name: string, places: Partial<Places> = {}, file?: string): Promise<string> {
  const text = await readFile(await findExample(name.replace(/^@examples\//, ''), placesWith(places).examples), 'utf8');
  return text.replace(/^(# yaml-language-server: \$schema=)\S+$/m, (_line, start: string) => `${start}${schemaReference(file)}`);
}

export const schemaText = (): Promise<string> => readFile(schemaFile(), 'utf8');
