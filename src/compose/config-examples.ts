import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findExample, listExamples, type Example } from '../orchestrator/config/examples.js';
import { packageRoot } from '../orchestrator/config/package-root.js';
import { placesWith, type Places } from '../orchestrator/config/places.js';

/** The configurations that come with the package, by name. */
export function allExamples(places: Partial<Places> = {}): Promise<readonly Example[]> {
  return listExamples(placesWith(places).examples);
}

/** The text of an example, named with or without `@examples/`. Fails with `config-missing`. */
export async function exampleText(name: string, places: Partial<Places> = {}): Promise<string> {
  return readFile(await findExample(name.replace(/^@examples\//, ''), placesWith(places).examples), 'utf8');
}

/** The file of the JSON Schema of the configuration language. */
export const schemaFile = (): string => path.join(packageRoot(), 'massgen.schema.json');

export const schemaText = (): Promise<string> => readFile(schemaFile(), 'utf8');
