import { schemaOfKey } from './normalise.js';
import type { Path } from './path.js';
import { configSchema } from './schema/root.js';
import type { Schema } from './schema/types.js';
import { waits } from './waits.js';

/** A key somewhere in a configuration that has no effect yet. */
export interface PlannedUse {
  readonly path: Path;
  readonly value: unknown;
  readonly waitsFor: string;
}

type IsOne = (schema: Schema, beside: object | undefined) => boolean;

function usesIn(value: unknown, schema: Schema | undefined, path: Path, isOne: IsOne, beside?: object): readonly PlannedUse[] {
  if (schema !== undefined && isOne(schema, beside)) return [{ path, value, waitsFor: schema['x-waits-for'] ?? '' }];
  if (Array.isArray(value)) return value.flatMap((item, index) => usesIn(item, schema?.items, [...path, index], isOne));
  if (typeof value !== 'object' || value === null || schema === undefined) return [];
  return Object.entries(value).flatMap(([key, child]) => usesIn(child, schemaOfKey(schema, key), [...path, key], isOne, value));
}

/** Every key that is accepted and does nothing yet, whether or not the rest is right. */
export const plannedUses = (value: unknown): readonly PlannedUse[] => usesIn(value, configSchema, [], waits);

/** Those, and the same keys where they have an effect already: the schema of all of them is judged apart. */
export const plannedPlaces = (value: unknown): readonly PlannedUse[] => usesIn(value, configSchema, [], (schema) => schema['x-status'] === 'planned');
