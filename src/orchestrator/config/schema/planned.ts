import { plannedAround } from './planned-around.js';
import { plannedTools } from './planned-tools.js';
import { plannedVendors } from './planned-vendors.js';
import type { Capability, Section } from './types.js';

/** Every key that loads and has no effect yet. Whoever builds a capability moves its keys to where they work and takes its row away. */
export const capabilities: readonly Capability[] = [...plannedTools, ...plannedAround, ...plannedVendors];

/** The planned keys of one section. Their types are left out of `Config`: nothing reads them. */
export function plannedIn(section: Section): object {
  const entries = capabilities.flatMap(({ name, keys }) =>
    Object.entries(keys[section] ?? {}).map(([key, schema]) => [key, { ...schema, 'x-status': 'planned', 'x-waits-for': name }] as const),
  );
  return Object.fromEntries(entries);
}
