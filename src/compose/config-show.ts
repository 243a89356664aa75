import { MassgenError } from '../errors.js';
import { discoverConfig } from '../orchestrator/config/discover.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import type { Environment } from '../orchestrator/config/interpolate.js';
import { formatIssue } from '../orchestrator/config/issue.js';
import { loadConfigFile } from '../orchestrator/config/load.js';
import { knownSecrets, maskConfig } from '../orchestrator/config/mask.js';
import { valueAt, type Path } from '../orchestrator/config/path.js';
import type { Places } from '../orchestrator/config/places.js';

/** Where a value comes from: written in the file, the language's default, or variables of the environment. */
export type ValueOrigin = 'file' | 'default' | 'environment';

/** One value of a configuration as it counts, secrets masked. */
export interface ShownValue {
  readonly path: Path;
  readonly value: unknown;
  readonly origin: ValueOrigin;
  /** The variables that went into it. */
  readonly variables: readonly string[];
}

export interface ShownConfig {
  /** Absolute. */
  readonly file: string;
  /** How it was chosen: `flag`, `variable` (`MASSGEN_CONFIG`), `project`, `user`. */
  readonly chosen: string;
  readonly values: readonly ShownValue[];
  readonly warnings: readonly string[];
}

export interface ShowOptions extends Partial<Places> {
  readonly env?: Environment;
}

const reference = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^{}]*)?\}/g;
const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.keys(value).length > 0;

function leaves(value: unknown, path: Path): readonly Path[] {
  if (!isBranch(value)) return [path];
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => leaves(valueAt(value, [key]), [...path, key]));
}

function originOf(path: Path, given: unknown, value: unknown, env: Environment): Pick<ShownValue, 'origin' | 'variables'> {
  const written = valueAt(given, path);
  if (written === undefined || written === null) return { origin: 'default', variables: [] };
  const names = typeof written === 'string' && written !== value ? [...written.matchAll(reference)].flatMap(([, name]) => name ?? []) : [];
  // One that was refused, a secret in a prompt, still stands there.
  const variables = [...new Set(names)].filter((name) => (env[name] ?? '') !== '' && ![`\${${name}}`, `\${${name}:-`].some((left) => String(value).includes(left)));
  return { origin: variables.length > 0 ? 'environment' : 'file', variables };
}

/** The configuration that a run would use: resolved, defaults filled in, secrets masked. Throws `config-missing` or `config-invalid`. */
export async function showConfig(name: string | undefined, options: ShowOptions = {}): Promise<ShownConfig> {
  const { env, warnings: envWarnings } = await loadEnvironment(options.env ?? process.env, options);
  const found = await discoverConfig(name, env, options);
  if (found === undefined) throw new MassgenError('config-missing', 'there is no configuration here; name one, or make one with "massgen config init"');
  const { file, config, given, warnings } = await loadConfigFile(found.path, env, options);
  const masked = maskConfig(config, knownSecrets(given, env));
  // What only holds anchors counts where it is used.
  const paths = leaves(config, []).filter(([first]) => !String(first).startsWith('x-'));
  const values = paths.map((path) => ({ path, value: valueAt(masked, path), ...originOf(path, given, valueAt(config, path), env) }));
  return { file, chosen: found.origin, values, warnings: [...envWarnings, ...warnings.map((issue) => formatIssue(issue, file))] };
}
