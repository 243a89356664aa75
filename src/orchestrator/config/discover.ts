import { stat } from 'node:fs/promises';
import path from 'node:path';
import { MassgenError } from '../../errors.js';
import { findExample } from './examples.js';
import type { Environment } from './interpolate.js';
import { expandPath, placesWith, userFolder, type Places } from './places.js';

/** Where the choice of a configuration came from. */
export type ConfigOrigin = 'flag' | 'variable' | 'project' | 'user';

export interface FoundConfig {
  /** Absolute. */
  readonly path: string;
  readonly origin: ConfigOrigin;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function firstThatExists(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await exists(file)) return file;
  return undefined;
}

const prefix = '@examples/';
const isName = (text: string): boolean => /^[\w][\w.-]*$/.test(text);

/** The absolute path of what a person names as a configuration: a file (`~` is home), `@examples/NAME`, or a name in `~/.config/massgen/agents`. Fails with `config-missing`. */
export async function locateConfig(reference: string, given: Partial<Places> = {}): Promise<string> {
  const places = placesWith(given);
  if (reference === '' || reference.includes('\0')) throw new MassgenError('config-missing', 'the configuration has an empty or impossible name; give the path of a file');
  if (reference.startsWith(prefix)) return findExample(reference.slice(prefix.length), places.examples);
  const agents = path.join(userFolder(places), 'agents');
  const named = isName(reference) ? [path.join(agents, reference), ...(/\.(ya?ml|json|toml|ai)$/i.test(reference) ? [] : [path.join(agents, `${reference}.yaml`)])] : [];
  const candidates = [expandPath(reference, places), ...named];
  const found = await firstThatExists(candidates);
  if (found !== undefined) return found;
  throw new MassgenError('config-missing', `there is no configuration "${reference}"; looked for ${candidates.join(', ')}`);
}

/** The folders from `cwd` up to the one with `.git`; outside a repository only `cwd`, since folders further up may be anybody's. */
async function projectFolders(cwd: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (await exists(path.join(folder, '.git'))) return folders;
    if (path.dirname(folder) === folder) return [path.resolve(cwd)];
  }
}

/**
 * Which configuration to use: `reference` (a `--config` value), else `MASSGEN_CONFIG`, else `.massgen/config.yaml` of
 * the project, else `~/.config/massgen/config.yaml`, else none.
 */
export async function discoverConfig(reference: string | undefined, env: Environment, given: Partial<Places> = {}): Promise<FoundConfig | undefined> {
  const places = placesWith(given);
  if (reference !== undefined) return { path: await locateConfig(reference, places), origin: 'flag' };
  const variable = env['MASSGEN_CONFIG'];
  if (variable !== undefined && variable !== '') return { path: await locateConfig(variable, places), origin: 'variable' };
  const folders = await projectFolders(places.cwd);
  const project = await firstThatExists(folders.map((folder) => path.join(folder, '.massgen', 'config.yaml')));
  if (project !== undefined) return { path: project, origin: 'project' };
  const user = path.join(userFolder(places), 'config.yaml');
  return (await exists(user)) ? { path: user, origin: 'user' } : undefined;
}
