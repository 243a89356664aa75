import { MassgenError } from '../../errors.js';
import { checkConfig, type CheckedConfig } from './check.js';
import { locateConfig } from './discover.js';
import type { NamedTeam } from './formats/agentpool-teams.js';
import { readDocument } from './formats/read-document.js';
import type { Environment } from './interpolate.js';
import { refuseErrors, type Issue } from './issue.js';
import type { Places } from './places.js';
import { readText } from './read-text.js';
import type { Config } from './schema/root.js';

export interface LoadOptions extends Partial<Places> {
  /** Warnings are errors. */
  readonly strict?: boolean;
  /** Of a manifest of agents and teams: also the agents outside its team. For a server, which offers each by name. */
  readonly everyAgent?: boolean;
}

export interface CheckedFile extends CheckedConfig {
  /** Absolute. */
  readonly file: string;
  readonly teams: readonly NamedTeam[];
}

export interface LoadedConfig {
  readonly file: string;
  readonly config: Config;
  /** As written: variables still have their names. Mask it before it is logged. */
  readonly given: unknown;
  readonly warnings: readonly Issue[];
  /** The teams that the file names beside its agents: of AgentPool's manifests. */
  readonly teams: readonly NamedTeam[];
}

/** Reads and judges a configuration; whatever is wrong inside the file comes back as issues. Only a file that is not there is thrown (`config-missing`). */
export async function checkConfigFile(reference: string, env: Environment, options: LoadOptions = {}): Promise<CheckedFile> {
  const file = await locateConfig(reference, options);
  const text = await readText(file);
  if (typeof text !== 'string') {
    if (text.code === 'ENOENT' || text.code === 'ENOTDIR') throw new MassgenError('config-missing', `the configuration ${file} ${text.reason}`);
    return { file, given: undefined, teams: [], issues: [{ severity: 'error', location: 'file', message: `the file ${text.reason}` }] };
  }
  const document = await readDocument(file, text, options);
  if ('issue' in document) return { file, given: undefined, teams: [], issues: [document.issue] };
  const strict = options.strict ?? false;
  return { file, teams: document.teams, ...checkConfig(document.value, env, { ...document, strict }) };
}

/**
 * Loads a configuration by path, `@examples/NAME` or name. `env` fills in its `${VARIABLES}`.
 * Throws `config-missing`, or `config-invalid` with every error and its place.
 */
export async function loadConfigFile(reference: string, env: Environment, options: LoadOptions = {}): Promise<LoadedConfig> {
  const { file, config, given, issues, teams } = await checkConfigFile(reference, env, options);
  refuseErrors(issues, file);
  if (config === undefined) throw new MassgenError('internal', `${file} has neither a configuration nor an error`);
  return { file, config, given, warnings: issues, teams };
}
