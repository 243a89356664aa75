import type { PlannedKey } from './types.js';

/** Keys that load with any value and are reported as having no effect yet. */
export function planned<const K extends string>(descriptions: Readonly<Record<K, string>>): Readonly<Record<K, PlannedKey>> {
  const entries = Object.entries<string>(descriptions).map(([key, description]) => [key, { description, 'x-status': 'planned' }] as const);
  return Object.fromEntries(entries) as Record<K, PlannedKey>;
}
