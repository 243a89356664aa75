import { MassgenError } from '../errors.js';
import { locateConfig } from '../orchestrator/config/discover.js';
import { hidden } from '../orchestrator/config/mask.js';
import type { Places } from '../orchestrator/config/places.js';
import type { TurnSummary } from '../orchestrator/index.js';
import { asObject, asText } from '../orchestrator/session/read/foreign/loose.js';
import { foreignPlace } from '../orchestrator/session/read/foreign/places.js';
import { readParts } from '../orchestrator/session/read/foreign/read-parts.js';
import { readTurnStart } from './sessions-start.js';

/** The team that a session had. */
export interface SessionConfig {
  /** A file that is still there, or the configuration itself. */
  readonly config: string | Readonly<Record<string, unknown>>;
  /** As it was named, where it had a name. */
  readonly source: string;
  /** What a person should know about it. */
  readonly remark?: string;
}

interface Recorded {
  readonly path: string | null;
  readonly directory: string | null;
  readonly config: Readonly<Record<string, unknown>> | null;
}

const asConfig = (value: unknown): Recorded['config'] => (Object.keys(asObject(value)).length === 0 ? null : asObject(value));

async function recordedIn(directory: string): Promise<Recorded | undefined> {
  const start = readTurnStart(directory);
  if (start !== undefined) return { path: start.context.config_path, directory: start.context.working_directory, config: asConfig(start.config) };
  const place = foreignPlace(directory);
  if (place === undefined) return undefined;
  const { metadata } = await readParts(place);
  return { path: asText(metadata?.['config_path']), directory: asText(metadata?.['working_directory']), config: asConfig(metadata?.['config']) };
}

/** Where a configuration holds what logs leave out. */
function maskedPlaces(value: unknown, place: string): readonly string[] {
  if (typeof value === 'string') return value === hidden || /[:=]\*{3}(?:@|&|$)/u.test(value) ? [place] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => maskedPlaces(item, `${place}[${String(index)}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => maskedPlaces(child, place === '' ? key : `${place}.${key}`));
}

/**
 * The configuration of a session's newest turn that says one: its file while that is there, else the one stored in the log.
 * Undefined when no turn says any. Throws `config-invalid` when the stored one is needed and lacks secrets.
 */
export async function sessionConfig(id: string, turns: readonly TurnSummary[], places: Partial<Places>): Promise<SessionConfig | undefined> {
  for (const { directory } of turns.toReversed()) {
    const recorded = await recordedIn(directory);
    if (recorded === undefined) continue;
    const { path: reference, config } = recorded;
    if (reference !== null) {
      const file = await locateConfig(reference, { ...places, ...(recorded.directory === null ? {} : { cwd: recorded.directory }) }).catch(() => undefined);
      if (file !== undefined) return { config: file, source: reference.startsWith('@') ? reference : file };
    }
    if (config === null) continue;
    const lacking = maskedPlaces(config, '');
    const gone = reference === null ? undefined : `the configuration ${reference} is not there any more`;
    if (lacking.length > 0) throw new MassgenError('config-invalid', `${gone === undefined ? '' : `${gone}, and `}the one stored in ${id} lacks its secrets (${lacking.join(', ')}); give one with --config`);
    return { config, source: reference ?? `session:${id}`, ...(gone === undefined ? {} : { remark: `${gone}; the one stored in ${id} is used` }) };
  }
  return undefined;
}
