import type { Environment } from '../../backends/resolve.js';
import { MassgenError, toErrorData } from '../../errors.js';
import type { Places } from '../../orchestrator/config/places.js';
import { completeBackend } from '../agent-backend.js';
import { openRun } from '../open-run.js';
import type { ModelSource } from './model-source.js';
import type { StaticModels } from './model-sources.js';

interface CheckPlaces {
  readonly env: Environment;
  readonly places: Places;
}

/** The team, models with names of their own, and the agents of files that are no part of the team. */
function sourcesOf({ standard, files, named }: StaticModels): readonly ModelSource[] {
  const beside = (files?.agents ?? []).filter(({ file }) => standard !== undefined && files?.together !== standard.config && file !== standard.source && file !== 'object');
  return [...(standard === undefined ? [] : [standard]), ...named.map(({ open }) => open), ...beside.map(({ config, file }) => ({ config, source: file, version: '' }))];
}

/**
 * Opens what is to be served, as its first request would, and calls nobody. Throws `config-invalid` for what no request could ever run;
 * the rest, such as a key that is not set yet, is said in the texts that are returned.
 */
export async function checkModels(fixed: StaticModels, { env, places }: CheckPlaces): Promise<readonly string[]> {
  const said = await Promise.all(
    sourcesOf(fixed).map(async ({ config, source }): Promise<readonly string[]> => {
      try {
        const complete = typeof config === 'string' ? config : await completeBackend(config, { env, ...(fixed.usual === undefined ? {} : { from: fixed.usual }) });
        await openRun({ config: complete, source, cwd: places.cwd, home: places.home, env });
        return [];
      } catch (thrown) {
        const { code, message } = toErrorData(thrown);
        if (code === 'config-invalid') throw new MassgenError('config-invalid', source === 'object' ? message : `${source}: ${message}`, { cause: thrown });
        return [message];
      }
    }),
  );
  return [...new Set(said.flat())];
}
