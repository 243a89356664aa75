import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MassgenError } from '../../errors.js';
import { findExample, listedExamples, matchExample } from './examples.js';
import type { Environment } from './interpolate.js';
import { nearest } from './nearest.js';
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
const configSuffix = /\.(ya?ml|json|toml|ai)$/i;
const isName = (text: string): boolean => /^[\w][\w.-]*$/.test(text);

/** What a name that leads nowhere may have meant: an example, or a file beside it. */
async function whatWasMeant(reference: string, places: Places): Promise<string | undefined> {
  if (reference.startsWith('@')) return '"massgen config examples" lists the examples';
  const [example, ...others] = matchExample(reference.replace(/^examples\//, ''), await listedExamples(places.examples));
  if (example !== undefined && others.length === 0) return `did you mean @examples/${example}?`;
  const file = expandPath(reference, places);
  const name = path.basename(file);
  const beside = (await readdir(path.dirname(file)).catch(() => [])).filter((other) => configSuffix.test(other));
  const near = beside.find((other) => other.replace(configSuffix, '') === name) ?? nearest(name, beside)[0];
  return near === undefined ? undefined : `did you mean ${path.join(path.dirname(reference), near)}?`;
}

/** The absolute path of what a person names as a configuration: a file (`~` is home), `@examples/NAME`, or a name in `~/.config/massgen/agents`. Fails with `config-missing`. */
export async function locateConfig(reference: string, given: Partial<Places> = {}): Promise<string> {
  const places = placesWith(given);
  if (reference === '' || reference.includes('\0')) throw new MassgenError('config-missing', 'the configuration has an empty or impossible name; give the path of a file');
  if (reference.startsWith(prefix)) return findExample(reference.slice(prefix.length), places.examples);
  const agents = path.join(userFolder(places), 'agents');
  const named = isName(reference) ? [path.join(agents, reference), ...(configSuffix.test(reference) ? [] : [path.join(agents, `${reference}.yaml`)])] : [];
  const candidates = [expandPath(reference, places), ...named];
  const found = await firstThatExists(candidates);
  if (found !== undefined) return found;
  const meant = await whatWasMeant(reference, places);
  throw new MassgenError('config-missing', `there is no configuration "${reference}"; looked for ${candidates.join(', ')}${meant === undefined ? '' : `; ${meant}`}`);
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
  if (variable !== undefined && variable !== '') {
    const found = await locateConfig(variable, places).catch((thrown: unknown) => {
      if (!(thrown instanceof MassgenError)) throw thrown;
      throw new MassgenError(thrown.code, `MASSGEN_CONFIG: ${thrown.message}`, { cause: thrown });
    });
    return { path: found, origin: 'variable' };
  }
  const folders = await projectFolders(places.cwd);
  const project = await firstThatExists(folders.map((folder) => path.join(folder, '.massgen', 'config.yaml')));
  if (project !== undefined) return { path: project, origin: 'project' };
  const user = path.join(userFolder(places), 'config.yaml');
  return (await exists(user)) ? { path: user, origin: 'user' } : undefined;
}
