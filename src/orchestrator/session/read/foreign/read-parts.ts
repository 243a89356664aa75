import { asObject, type Loose } from './loose.js';
import type { ForeignPlace } from './places.js';
import { readJsonPart, readTextPart, type Part } from './read-part.js';

/** The files of one turn as MassGen writes them; absent ones are undefined. */
export interface ForeignParts {
  readonly place: ForeignPlace;
  readonly status?: Loose;
  readonly metrics?: Loose;
  readonly metricsEvents?: Loose;
  readonly coordination?: Loose;
  readonly mappings?: Loose;
  readonly metadata?: Loose;
  readonly missing: readonly string[];
  readonly flaws: readonly string[];
}

async function readYamlPart(directory: string, name: string): Promise<Part<Loose>> {
  const { content, flaw } = readTextPart(directory, name);
  if (content === undefined) return flaw === undefined ? {} : { flaw };
  const { load } = await import('js-yaml');
  try {
    return { content: asObject(load(content)) };
  } catch {
    return { flaw: `${name} is not whole YAML` };
  }
}

/** Just what a list needs: status.json when it is there, else everything. */
export function readStatus(place: ForeignPlace): ForeignParts | undefined {
  const { content } = readJsonPart(place.directory, 'status.json');
  return content === undefined ? undefined : { place, status: content, missing: [], flaws: [] };
}

/** Reads all files of a turn. Never throws: what cannot be read is in `flaws`, what is not there in `missing`. */
export async function readParts(place: ForeignPlace): Promise<ForeignParts> {
  const json = (name: string): Part<Loose> => readJsonPart(place.directory, name);
  const read = {
    status: ['status.json', json('status.json')],
    metrics: ['metrics_summary.json', json('metrics_summary.json')],
    metadata: ['execution_metadata.yaml', await readYamlPart(place.directory, 'execution_metadata.yaml')],
    coordination: ['coordination_events.json', json('coordination_events.json')],
    mappings: ['snapshot_mappings.json', json('snapshot_mappings.json')],
    metricsEvents: ['metrics_events.json', json('metrics_events.json')],
  } as const satisfies Record<string, readonly [string, Part<Loose>]>;
  const parts = Object.entries(read);
  return {
    place,
    ...Object.fromEntries(parts.flatMap(([key, [, { content }]]) => (content === undefined ? [] : [[key, content]]))),
    missing: parts.flatMap(([, [name, { content, flaw }]]) => (content === undefined && flaw === undefined ? [name] : [])),
    flaws: parts.flatMap(([, [, { flaw }]]) => flaw ?? []),
  };
}
