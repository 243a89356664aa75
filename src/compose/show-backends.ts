import { CATALOG, rowOf } from '../backends/catalog.js';
import { listModels } from '../backends/list-models.js';
import type { Environment } from '../backends/resolve.js';
import type { BackendRow } from '../backends/spec.js';
import { MassgenError } from '../errors.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import { didYouMeanBackend } from '../orchestrator/config/nearest.js';
import type { Places } from '../orchestrator/config/places.js';
import { listedPrice } from './prices.js';

/** One kind of backend, for people and programs. */
export interface ShownBackend {
  readonly type: string;
  readonly aliases: readonly string[];
  readonly name: string;
  /** `ready`: its key is set, or it needs none. */
  readonly key: 'set' | 'missing' | 'none needed';
  readonly key_variables: readonly string[];
  readonly base_url: string | null;
  readonly default_model: string | null;
  readonly models: readonly string[];
  /** Keys that turn on a tool of the vendor's own; null where the provider behind the address decides. */
  readonly tools: readonly string[] | null;
  readonly local: boolean;
}

const isSet = (env: Environment, name: string): boolean => (env[name]?.trim() ?? '') !== '';

const variablesOf = ({ keyEnvs, addressEnv, apiVersion }: BackendRow): readonly string[] => [...keyEnvs, ...(addressEnv === undefined ? [] : [addressEnv]), ...(apiVersion === undefined ? [] : [apiVersion.env])];

function shown(row: BackendRow, env: Environment): ShownBackend {
  const ready = row.keyEnvs.some((name) => isSet(env, name)) && (row.addressEnv === undefined || isSet(env, row.addressEnv));
  return {
    type: row.id,
    aliases: row.aliases ?? [],
    name: row.label,
    key: ready ? 'set' : row.keyRequired ? 'missing' : 'none needed',
    key_variables: variablesOf(row),
    base_url: row.baseUrl ?? null,
    default_model: row.defaultModel ?? null,
    models: row.models,
    tools: row.tools === 'varies' ? null : row.tools,
    local: row.local === true,
  };
}

/** Every backend type of the language. */
export async function showBackends(base: Environment, places: Partial<Places> = {}): Promise<readonly ShownBackend[]> {
  const { env } = await loadEnvironment(base, places);
  return CATALOG.map((row) => shown(row, env));
}

export interface ShownModel {
  readonly backend: string;
  readonly model: string;
  readonly default: boolean;
  /** US dollars per million tokens; null when not known. */
  readonly price: { readonly input: number; readonly cached_input: number; readonly output: number; readonly source: string } | null;
}

export interface ModelQuestion {
  /** All known models if absent. */
  readonly backend?: string;
  readonly baseUrl?: string;
  /** Asks the provider. Without it only Azure and servers on this machine are asked: nobody else knows what they have. */
  readonly live: boolean;
}

/** Without the noise of binary fractions. */
const exact = (dollars: number): number => Number(dollars.toFixed(6));

async function shownModel(row: BackendRow, model: string): Promise<ShownModel> {
  const price = await listedPrice(row, model);
  return { backend: row.id, model, default: model === row.defaultModel, price: price === null ? null : { input: exact(price.input), cached_input: exact(price.cachedInput), output: exact(price.output), source: price.source } };
}

const tableOf = (row: BackendRow): Promise<readonly ShownModel[]> => Promise.all(row.models.map((model) => shownModel(row, model)));

/** Models to choose from: those that the rows name, or those that a provider lists. Throws for a backend that is not there or cannot be asked. */
export async function showModels({ backend, baseUrl, live }: ModelQuestion, base: Environment, places: Partial<Places> = {}): Promise<readonly ShownModel[]> {
  if (backend === undefined) {
    if (live || baseUrl !== undefined) throw new MassgenError('usage-invalid', 'say whose models to ask for with --backend');
    return (await Promise.all(CATALOG.filter(({ offline }) => !offline).map(tableOf))).flat();
  }
  const row = rowOf(backend);
  if (row === undefined) {
    const known = CATALOG.map(({ id }) => id);
    throw new MassgenError('usage-invalid', `there is no backend "${backend}"; ${didYouMeanBackend(backend, known) ?? `use one of ${known.join(', ')}`}`);
  }
  if (!live && baseUrl === undefined && row.addressEnv === undefined && !row.local) return tableOf(row);
  const { env } = await loadEnvironment(base, places);
  const models = await listModels({ type: row.id, ...(baseUrl === undefined ? {} : { base_url: baseUrl }) }, env);
  return Promise.all(models.map((model) => shownModel(row, model)));
}
