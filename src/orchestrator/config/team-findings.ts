import type { Finding } from './issue.js';
import { didYouMean } from './nearest.js';
import { schemaOfKey } from './normalise.js';
import { valueAt, type Path } from './path.js';
import { configSchema } from './schema/root.js';
import type { Schema } from './schema/types.js';
import { quote } from './sentences.js';

/** What the checks below need of an agent, whether or not the rest of it is right. */
interface PlacedAgent {
  readonly id: unknown;
  readonly backendType: unknown;
  readonly path: Path;
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function placedAgents(value: unknown): readonly PlacedAgent[] {
  const list = valueAt(value, ['agents']);
  const paths: readonly Path[] = Array.isArray(list) ? list.map((_agent, index) => ['agents', index]) : [['agent']];
  return paths
    .filter((path) => isMap(valueAt(value, path)))
    .map((path) => ({ id: valueAt(value, [...path, 'id']), backendType: valueAt(value, [...path, 'backend', 'type']), path }));
}

function idFindings(agents: readonly PlacedAgent[]): readonly Finding[] {
  const seen = new Map<string, string>();
  return agents.flatMap(({ id, path }): readonly Finding[] => {
    if (id === undefined) return [{ severity: 'warning', path, at: 'key', message: 'has no id, so it is given one', suggestion: 'name it with "id: …"' }];
    if (typeof id !== 'string') return [];
    // Names of files, on a disk that may not tell cases apart.
    const earlier = seen.get(id.toLowerCase());
    if (earlier === undefined) {
      seen.set(id.toLowerCase(), id);
      return [];
    }
    const message = earlier === id ? `another agent already has the id ${JSON.stringify(id)}` : `differs from another agent's id ${JSON.stringify(earlier)} only in upper and lower case`;
    return [{ severity: 'error', path: [...path, 'id'], at: 'value', message, suggestion: 'give each agent an id of its own' }];
  });
}

function backendFindings(given: unknown, agents: readonly PlacedAgent[], known: readonly string[]): readonly Finding[] {
  return agents.flatMap(({ backendType, path }): readonly Finding[] => {
    if (typeof backendType !== 'string' || backendType.trim() === '' || known.includes(backendType)) return [];
    const typePath = [...path, 'backend', 'type'];
    const suggestion = didYouMean(backendType, known) ?? `use one of ${known.join(', ')}`;
    const written = valueAt(given, typePath);
    return [{ severity: 'error', path: typePath, at: 'value', message: `unknown backend ${quote(typeof written === 'string' ? written : backendType)}`, suggestion }];
  });
}

function timeFindings(value: unknown): readonly Finding[] {
  const total = valueAt(value, ['timeout_settings', 'orchestrator_timeout_seconds']);
  return ['initial_round_timeout_seconds', 'subsequent_round_timeout_seconds'].flatMap((key): readonly Finding[] => {
    const limit = valueAt(value, ['timeout_settings', key]);
    if (typeof limit !== 'number' || typeof total !== 'number' || limit < total) return [];
    return [{ severity: 'warning', path: ['timeout_settings', key], at: 'value', message: `has no effect: the whole run ends after ${total} s`, suggestion: 'raise "orchestrator_timeout_seconds"' }];
  });
}

/** What only a look at the whole team shows; `value` may have other faults. Without `knownBackends` any backend name passes. */
export function teamFindings(given: unknown, value: unknown, knownBackends?: readonly string[]): readonly Finding[] {
  const agents = placedAgents(value);
  return [...idFindings(agents), ...(knownBackends === undefined ? [] : backendFindings(given, agents, knownBackends)), ...timeFindings(value)];
}

function plannedKeys(value: unknown, schema: Schema | undefined, path: Path): readonly Path[] {
  if (schema?.['x-status'] === 'planned') return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => plannedKeys(item, schema?.items, [...path, index]));
  if (typeof value !== 'object' || value === null || schema === undefined) return [];
  return Object.entries(value).flatMap(([key, child]) => plannedKeys(child, schemaOfKey(schema, key), [...path, key]));
}

/** Keys that are accepted and do nothing yet: one finding for each key, however many agents have it. */
export function plannedFindings(value: unknown): readonly Finding[] {
  const groups = new Map<string, Path[]>();
  for (const path of plannedKeys(value, configSchema, [])) {
    const name = path.filter((part) => typeof part === 'string').join('.');
    groups.set(name, [...(groups.get(name) ?? []), path]);
  }
  return [...groups.values()].flatMap(([first, ...others]): readonly Finding[] => {
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` (here and in ${others.length} more ${others.length === 1 ? 'place' : 'places'})`;
    return [{ severity: 'warning', path: first, at: 'key', message: `has no effect yet${more}` }];
  });
}
