import { statSync } from 'node:fs';
import { MassgenError, toErrorData } from '../../errors.js';
import { agentsOf } from '../../orchestrator/agents/agent-document.js';
import { locateConfig } from '../../orchestrator/config/discover.js';
import type { Places } from '../../orchestrator/config/places.js';
import type { Config } from '../../orchestrator/config/schema/root.js';
import type { AgentConfiguration } from '../agent-types.js';
import type { ModelSource } from './model-source.js';

/** A model that the configuration gives a name under `serve.models`. */
export interface NamedModel {
  readonly name: string;
  /** Unix seconds. */
  readonly created: number;
  readonly open: ModelSource;
  /** The configuration, where it is a file. */
  readonly file?: string;
}

interface Around {
  /** The configuration, as it was written. */
  readonly config: AgentConfiguration;
  readonly source: string;
  readonly version: string;
  readonly created: number;
}

/** Some of the configuration's agents as a team of their own, in the order of the list. */
function teamOf(ids: readonly unknown[], { config }: Around): AgentConfiguration {
  const around = Object.fromEntries(Object.entries(config).filter(([key]) => !['agent', 'agents', 'serve'].includes(key)));
  const agents = agentsOf(config);
  return { ...around, agents: ids.flatMap((id) => agents.filter((agent) => agent['id'] === id)) };
}

async function configOf(name: string, reference: string, places: Places): Promise<NamedModel> {
  const file = await locateConfig(reference, places).catch((thrown: unknown) => {
    throw new MassgenError('config-invalid', `serve.models.${name}: ${toErrorData(thrown).message}`, { cause: thrown });
  });
  const stats = statSync(file, { throwIfNoEntry: false });
  const version = `${String(stats?.mtimeMs)}-${String(stats?.size)}`;
  return { name, created: Math.floor((stats?.mtimeMs ?? 0) / 1000), open: { config: file, source: reference, version }, file };
}

/** The models of a checked `serve.models`. Throws `config-invalid` for a file that is not there. */
export function readNamedModels(serve: Config['serve'], around: Around, places: Places): Promise<readonly NamedModel[]> {
  return Promise.all(
    Object.entries(serve?.models ?? {}).map(async ([name, model]) =>
      typeof model === 'string' ? configOf(name, model, places) : { name, created: around.created, open: { config: teamOf(Array.isArray(model) ? model : [], around), source: around.source, version: around.version } },
    ),
  );
}
