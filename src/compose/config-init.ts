import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CATALOG, rowOf } from '../backends/catalog.js';
import { MassgenError } from '../errors.js';
import { agentsOf } from '../orchestrator/agents/agent-document.js';
import { checkConfig } from '../orchestrator/config/check.js';
import type { Example } from '../orchestrator/config/examples.js';
import { isTable } from '../orchestrator/config/formats/move.js';
import type { Environment } from '../orchestrator/config/interpolate.js';
import { refuseErrors } from '../orchestrator/config/issue.js';
import { didYouMeanBackend } from '../orchestrator/config/nearest.js';
import { parseText } from '../orchestrator/config/parse.js';
import { expandPath, placesWith, userFolder, type Places } from '../orchestrator/config/places.js';
import { backendOfFlags } from './backend-flags.js';
import { allExamples, exampleText, schemaReference } from './config-examples.js';
import { providersWithKey } from './surroundings.js';

/** What a new configuration is to say. */
export interface NewConfig {
  readonly agents: number;
  /** In turn over the agents; the first one if there are fewer. */
  readonly backends: readonly NewBackend[];
  readonly sensitivity: 'lenient' | 'balanced' | 'strict';
  readonly maxCost?: number;
  readonly timeoutSeconds: number;
}

export interface NewBackend {
  readonly type: string;
  readonly model: string;
  readonly baseUrl?: string;
}

export const initialTimeout = 1800;

/** Backends that a wizard offers: those whose key is set first, then the others. */
export function offeredBackends(env: Environment): { readonly ready: readonly string[]; readonly others: readonly string[] } {
  const ready = providersWithKey(env).map(({ backend }) => backend);
  return { ready, others: CATALOG.map(({ id }) => id).filter((id) => id !== 'scripted' && !ready.includes(id)) };
}

/** The backend's default model, if it has one. Throws `usage-invalid` for a backend that is not there. */
export function defaultModelOf(type: string): string | undefined {
  const row = rowOf(type);
  if (row === undefined || row.offline === true) {
    const known = CATALOG.filter(({ offline }) => offline !== true).map(({ id }) => id);
    throw new MassgenError('usage-invalid', `there is no backend "${type}"; ${didYouMeanBackend(type, known) ?? `use one of ${known.join(', ')}`}`);
  }
  return row.defaultModel;
}

/** The backends that models and an address mean, as they do for a run; undefined where they say nothing. Throws `usage-invalid` for a model that could be anyone's. */
export function backendsMeant(models: readonly string[], baseUrl?: string): readonly string[] | undefined {
  if (models.length === 0 && baseUrl === undefined) return undefined;
  const address = baseUrl === undefined ? {} : { baseUrl };
  return (models.length === 0 ? [undefined] : models).map((model) => backendOfFlags({ ...(model === undefined ? {} : { model }), ...address }) ?? 'openai');
}

/** Pairs the i-th backend with the i-th model, else its own default. Throws `usage-invalid` for a backend without either. */
export function pairBackends(types: readonly string[], models: readonly string[], baseUrl?: string): readonly NewBackend[] {
  if (models.length > types.length) throw new MassgenError('usage-invalid', `there are ${String(models.length)} models for ${String(types.length)} backends; give a --backend for each --model`);
  return types.map((type, index) => {
    const model = models[index] ?? defaultModelOf(type);
    if (model === undefined) throw new MassgenError('usage-invalid', `the backend ${type} has no default model; add --model`);
    const row = rowOf(type);
    if (row?.baseUrl === undefined && row?.addressEnv === undefined && baseUrl === undefined) throw new MassgenError('usage-invalid', `the backend ${type} has no address of its own; add --base-url`);
    return { type, model, ...(baseUrl === undefined ? {} : { baseUrl }) };
  });
}

/** The variables that must be set. */
function neededVariables(backends: readonly NewBackend[]): readonly string[] {
  const names = backends.flatMap(({ type, baseUrl }) => {
    const row = rowOf(type);
    return [row?.keyRequired === true ? row.keyEnvs[0] : undefined, baseUrl === undefined ? row?.addressEnv : undefined];
  });
  return [...new Set(names.filter((name) => name !== undefined))];
}

function agentText(index: number, { type, model, baseUrl }: NewBackend): string {
  return [
    `  - id: agent_${String.fromCharCode('a'.charCodeAt(0) + index)}`,
    '    backend:',
    `      type: ${type}`,
    `      model: ${JSON.stringify(model)}`,
    ...(baseUrl === undefined ? [] : [`      base_url: ${JSON.stringify(baseUrl)}`]),
    ...(index === 0 ? ['    # Who the agent is: role, tone, expertise.', '    # system_message: You are a careful engineer.'] : []),
  ].join('\n');
}

/** A file as one writes it on the command line in `cwd`. */
function asTyped(file: string, { cwd, home }: Places): string {
  const [below, atHome] = [path.relative(cwd, file), path.relative(home, file)];
  const typed = !below.startsWith('..') ? below : atHome.startsWith('..') ? file : `~/${atHome}`;
  return /^[\w@%+=:,./~-]+$/.test(typed) ? typed : JSON.stringify(file);
}

function newConfigText(config: NewConfig, { file, typed, found }: NewConfigFile): string {
  const { agents, backends, sensitivity, maxCost, timeoutSeconds } = config;
  const keys = neededVariables(backends);
  const [first] = backends;
  const team = Array.from({ length: agents }, (_unused, index) => backends[index % backends.length] ?? first).flatMap((backend) => backend ?? []);
  return `# ${agents === 1 ? 'One agent' : `${String(agents)} agents that answer the same question, read each other, improve and vote`}.
#
# Needs: ${keys.length === 0 ? 'a model server that answers' : `${keys.join(' and ')}, in the environment or in .env`}.
# Run:   massgen run ${found ? '' : `--config ${typed} `}"Your question"
# All keys: massgen config schema. Check: massgen config validate ${typed}
# yaml-language-server: $schema=${schemaReference(file)}

agents:
${team.map((backend, index) => agentText(index, backend)).join('\n\n')}

orchestrator:
  # How critical voters are: lenient, balanced or strict.
  voting_sensitivity: ${sensitivity}
  # How many answers one agent may give before it can only vote.
  max_new_answers_per_agent: 3
  # Past a limit the best answer so far is used and nothing more is paid for.
  budget:
    ${maxCost === undefined ? '# max_cost_usd: 1' : `max_cost_usd: ${String(maxCost)}`}
    # max_tokens: 200000

timeout_settings:
  # Seconds for the whole run.
  orchestrator_timeout_seconds: ${String(timeoutSeconds)}
`;
}

export interface WriteOptions extends Partial<Places> {
  /** Where to write; the project's `.massgen/config.yaml` if absent. */
  readonly file?: string;
  readonly overwrite?: boolean;
}

/** Where a new configuration goes. */
interface NewConfigFile {
  /** Absolute. */
  readonly file: string;
  /** As one writes it on the command line. */
  readonly typed: string;
  /** Whether `massgen run` finds it by itself. */
  readonly found: boolean;
}

/** Throws `usage-invalid` for a name that says another language than YAML. */
export function newConfigFile({ file, ...given }: WriteOptions): NewConfigFile {
  const places = placesWith(given);
  const project = path.join(places.cwd, '.massgen', 'config.yaml');
  const ending = path.extname(file ?? '');
  if (/^\.(?:toml|ai|json)$/i.test(ending)) throw new MassgenError('usage-invalid', `a configuration is written as YAML, which ${JSON.stringify(file)} does not say; end the name in .yaml`);
  const chosen = file === undefined ? project : file === 'user' ? path.join(userFolder(places), 'config.yaml') : expandPath(file, places);
  return { file: chosen, typed: asTyped(chosen, places), found: chosen === project || chosen === path.join(userFolder(places), 'config.yaml') };
}

type Written = 'written' | 'exists';

async function write(file: string, text: string, overwrite: boolean): Promise<Written> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { flag: overwrite ? 'w' : 'wx' });
    return 'written';
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST' && !overwrite && existsSync(file)) return 'exists';
    throw new MassgenError('usage-invalid', `cannot write ${file}: ${(thrown as Error).message}`, { cause: thrown });
  }
}

/** Whether there was no file yet or it may be replaced; an existing one is left alone without `overwrite`. Throws `usage-invalid` when it cannot be written. */
export async function writeNewConfig(config: NewConfig, options: WriteOptions): Promise<Written> {
  const place = newConfigFile(options);
  const { file } = place;
  const text = newConfigText(config, place);
  const parsed = parseText(text);
  if ('issue' in parsed) throw new MassgenError('internal', `the new configuration is not YAML: ${parsed.issue.message}`);
  refuseErrors(checkConfig(parsed.value, {}, parsed).issues, file);
  return write(file, text, options.overwrite === true);
}

/** Writes an example as the configuration, as `writeNewConfig` does. */
export async function writeExample(name: string, options: WriteOptions): Promise<Written> {
  const { file } = newConfigFile(options);
  return write(file, await exampleText(name, options, file), options.overwrite === true);
}

/** The examples for whose agents one of these backends is enough, by name. */
export async function examplesFor(backends: readonly string[], places: Partial<Places> = {}): Promise<readonly Example[]> {
  const fits = async ({ name }: Example): Promise<boolean> => {
    const parsed = parseText(await exampleText(name, places));
    const agents = 'issue' in parsed || !isTable(parsed.value) ? [] : agentsOf(parsed.value);
    return agents.length > 0 && agents.every(({ backend }) => isTable(backend) && typeof backend['type'] === 'string' && backends.includes(backend['type']));
  };
  const examples = await allExamples(places);
  const fit = await Promise.all(examples.map(fits));
  return examples.filter((_unused, index) => fit[index] === true);
}
