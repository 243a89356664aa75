import { schemaOfKey } from './normalise.js';
import type { Path } from './path.js';
import { configSchema } from './schema/root.js';
import type { Schema } from './schema/types.js';

/** A key somewhere in a configuration that has no effect yet. */
export interface PlannedUse {
  readonly path: Path;
  readonly value: unknown;
  readonly waitsFor: string;
}

function usesIn(value: unknown, schema: Schema | undefined, path: Path): readonly PlannedUse[] {
  if (schema?.['x-status'] === 'planned') return [{ path, value, waitsFor: schema['x-waits-for'] ?? '' }];
  if (Array.isArray(value)) return value.flatMap((item, index) => usesIn(item, schema?.items, [...path, index]));
  if (typeof value !== 'object' || value === null || schema === undefined) return [];
  return Object.entries(value).flatMap(([key, child]) => usesIn(child, schemaOfKey(schema, key), [...path, key]));
}

/** Every key that is accepted and does nothing yet, whether or not the rest is right. */
export const plannedUses = (value: unknown): readonly PlannedUse[] => usesIn(value, configSchema, []);
