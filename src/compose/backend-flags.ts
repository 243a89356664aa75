import { CATALOG } from '../backends/catalog.js';
import { MassgenError } from '../errors.js';
import { isTable, type Table } from '../orchestrator/config/formats/move.js';
import { backendOfModel } from './surroundings.js';

/** What flags say of a backend. */
export interface BackendFlags {
  readonly backend?: string;
  readonly model?: string;
  readonly baseUrl?: string;
}

const known: readonly string[] = CATALOG.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);

/** The backend that flags mean; undefined without any. Throws `usage-invalid` for a model that could be anyone's. */
export function backendOfFlags({ backend, model, baseUrl }: BackendFlags): string | undefined {
  if (backend !== undefined) return backend;
  if (baseUrl !== undefined) return 'chatcompletion';
  const type = model === undefined ? undefined : backendOfModel(model);
  if (type === undefined && model !== undefined) throw new MassgenError('usage-invalid', `it is not clear whose model "${model}" is; add --backend (one of ${known.join(', ')})`);
  return type;
}

/** An agent's backend block with what flags say in its place: another model of the same backend, or another backend altogether. */
export function overrideBackend(own: unknown, flags: BackendFlags): Table | undefined {
  const { backend, model, baseUrl } = flags;
  const before: Table = isTable(own) ? own : {};
  const staysOwn = backend === undefined && baseUrl === undefined && typeof before['type'] === 'string' && [undefined, before['type']].includes(model === undefined ? undefined : backendOfModel(model));
  if (staysOwn) return model === undefined ? before : { ...before, model };
  const type = backendOfFlags(flags);
  if (type === undefined) return isTable(own) ? own : undefined;
  return { type, ...(model === undefined ? {} : { model }), ...(baseUrl === undefined ? {} : { base_url: baseUrl }) };
}
