import { CATALOG } from '../backends/catalog.js';
import type { Environment } from '../backends/resolve.js';
import { loadEnvironment } from '../orchestrator/config/dotenv.js';
import { discoverConfig } from '../orchestrator/config/discover.js';
import type { Places } from '../orchestrator/config/places.js';
import { localServers, providersWithKey } from './surroundings.js';

/** A provider that a key is all that is needed for. */
export interface OfferedProvider {
  readonly id: string;
  readonly label: string;
  /** The variable that its key goes into. */
  readonly keyName: string;
  readonly model: string;
}

/** Providers that a newcomer can begin with, in the catalog's order. */
export const offeredProviders: readonly OfferedProvider[] = CATALOG.flatMap(({ id, label, keyRequired, keyEnvs: [keyName], addressEnv, defaultModel: model }) => (keyRequired && keyName !== undefined && addressEnv === undefined && model !== undefined ? [{ id, label, keyName, model }] : []));

/** Whether nothing says yet who should answer: no configuration, no key, no model server on this machine. */
export async function lacksEverything(base: Environment, places: Partial<Places> = {}): Promise<boolean> {
  const { env } = await loadEnvironment(base, places);
  if (providersWithKey(env).length > 0 || (await discoverConfig(undefined, env, places).catch(() => 'broken')) !== undefined) return false;
  return (await localServers()).length === 0;
}
